using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Rehearsals;

/// <summary>What a rehearsal proved, and what production will feel.</summary>
internal sealed record RehearsalReport
{
    public string Format { get; init; } = "orchestrator/rehearsal/1";

    public required string Plan { get; init; }

    public required string Title { get; init; }

    public required string Digest { get; init; }

    public required string Environment { get; init; }

    public required Guid Run { get; init; }

    public required DateTime WrittenAt { get; init; }

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<RehearsedBatch> Batches { get; init; }
}

internal sealed record RehearsedBatch
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required Verdict Verdict { get; init; }

    public string? Failure { get; init; }

    public required bool WasThere { get; init; }

    public required double ForwardSeconds { get; init; }

    public required double BackSeconds { get; init; }

    public required double AgainSeconds { get; init; }

    public required IReadOnlyList<string> LeftBehind { get; init; }

    public required IReadOnlyList<string> NotRepeated { get; init; }

    /// <summary>How long each step took, the last time forward.</summary>
    public IReadOnlyList<RehearsedStep> Steps { get; init; } = [];

    /// <summary>On tables that were there before the file ran, the longest of both times forward.</summary>
    public required IReadOnlyList<MeasuredLock> Locks { get; init; }
}

internal sealed record MeasuredLock
{
    public required string Database { get; init; }

    public required string Step { get; init; }

    public required string File { get; init; }

    public required string Relation { get; init; }

    public required string Lock { get; init; }

    public required double HeldMilliseconds { get; init; }

    public required bool Rewritten { get; init; }

    public required long RowsRead { get; init; }
}

internal sealed class RehearsalReportBuilder(Databases databases, MigrationPlan plan)
{
    public async Task<RehearsalReport> BuildAsync(RehearsalFindings findings, CancellationToken cancel)
    {
        var batches = new List<RehearsedBatch>();
        foreach (var found in findings.Batches)
        {
            var locks = await ReadLocksAsync(findings.Rehearsal, found.Batch, cancel);
            batches.Add(Line(found, locks) with { Steps = await ReadStepsAsync(findings.Rehearsal, found.Batch, cancel) });
        }

        return new RehearsalReport
        {
            Plan = plan.Name,
            Title = plan.Title,
            Digest = findings.Rehearsal.Plan,
            Environment = findings.Rehearsal.Environment,
            Run = findings.Rehearsal.Run,
            WrittenAt = findings.At,
            Verdict = findings.Passed ? Verdict.Pass : Verdict.Fail,
            Batches = batches,
        };
    }

    private async Task<IReadOnlyList<MeasuredLock>> ReadLocksAsync(RunReference run, string batch, CancellationToken cancel)
    {
        var locks = new List<MeasuredLock>();
        foreach (var database in plan.Databases)
        {
            var target = await databases.TargetAsync(plan, run.Environment, database, cancel);
            locks.AddRange((await DdlTraces.ReadAsync(target, plan.Name, batch, cancel)).Select(line => new MeasuredLock
            {
                Database = database,
                Step = line.Step,
                File = line.Path,
                Relation = line.Relation,
                Lock = ((LockLevel)line.LockLevel).Name(),
                HeldMilliseconds = Math.Round(line.Milliseconds, 1),
                Rewritten = line.Rewritten,
                RowsRead = line.RowsRead,
            }));
        }

        return locks;
    }

    private async Task<IReadOnlyList<RehearsedStep>> ReadStepsAsync(RunReference run, string batch, CancellationToken cancel)
    {
        var steps = new List<RehearsedStep>();
        foreach (var step in StepSites.FindBatch(plan, batch).Steps)
        {
            var target = await databases.TargetAsync(plan, run.Environment, step.Database, cancel);
            if (await Steps.FindTimingAsync(target, new StepKey(plan.Name, batch, step.Id), cancel) is { State: "done" } timing)
            {
                steps.Add(new RehearsedStep(step.Id, Math.Round(timing.Seconds, 3)));
            }
        }

        return steps;
    }

    private static RehearsedBatch Line(BatchRehearsal found, IReadOnlyList<MeasuredLock> locks) => new()
    {
        Id = found.Batch,
        Title = found.Title,
        Verdict = found.Failure is null ? Verdict.Pass : Verdict.Fail,
        Failure = found.Failure,
        WasThere = found.WasThere,
        ForwardSeconds = Math.Round(found.Forward.TotalSeconds, 2),
        BackSeconds = Math.Round(found.Back.TotalSeconds, 2),
        AgainSeconds = Math.Round(found.Again.TotalSeconds, 2),
        LeftBehind = found.LeftBehind,
        NotRepeated = found.NotRepeated,
        Locks = locks,
    };
}
