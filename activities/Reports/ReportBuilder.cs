using System.Globalization;
using System.Text.Json;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>Puts a report together from the ledger, so that it can be made again years later.</summary>
internal sealed class ReportBuilder(Databases databases, MigrationPlan plan, RunReference run)
{
    private sealed record Ledger(
        IReadOnlyList<FindingRow> Now,
        IReadOnlyList<FindingRow> Before,
        IReadOnlyList<FindingRow> Rehearsed,
        IReadOnlyList<BatchEndRow> Batches,
        IReadOnlyList<DecisionLineRow> Decisions,
        IReadOnlyDictionary<string, RehearsalOutline> Rehearsals);

    /// <param name="only">One batch, or null for all that the run has begun.</param>
    /// <param name="at">When it was asked for: a second attempt writes the same report.</param>
    public async Task<Report> BuildAsync(string? only, DateTime at, CancellationToken cancel)
    {
        var ledger = await ReadAsync(await databases.LedgerAsync(cancel), cancel);
        var sections = new List<BatchSection>();
        foreach (var batch in BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs).Where(b => only is null ? ledger.Batches.Any(row => row.Batch == b.Id) : b.Id == only))
        {
            sections.Add(await BuildAsync(batch, ledger, cancel));
        }

        return new Report
        {
            Plan = plan.Name,
            Title = only is null ? plan.Title : sections[0].Title,
            Digest = run.Plan,
            Environment = run.Environment,
            Run = run.Run,
            Requester = run.Requester,
            WrittenAt = at,
            Verdict = Verdicts.Worst(sections.Select(s => s.Verdict)),
            Batches = sections,
        };
    }

    private async Task<Ledger> ReadAsync(NpgsqlDataSource ledger, CancellationToken cancel)
    {
        var environment = EnvironmentName.Parse(run.Environment);
        return new Ledger(
            await Findings.ReadAsync(ledger, run.Run, cancel),
            await Findings.ReadBeforeAsync(ledger, run.Run, plan.Name, run.Environment, cancel),
            environment.IsRehearsal ? [] : await Findings.ReadBeforeAsync(ledger, run.Run, plan.Name, environment.AllRehearsals, cancel),
            await Findings.ReadBatchesAsync(ledger, run.Run, cancel),
            await Findings.ReadDecisionsAsync(ledger, run.Run, cancel),
            await LastRehearsal.ReadAsync(ledger, run.Plan, cancel));
    }

    private async Task<BatchSection> BuildAsync(Batch batch, Ledger ledger, CancellationToken cancel)
    {
        List<CheckLine> checks =
        [
            .. batch.Prechecks.Select(check => Line(batch, check, CheckMoment.Precheck, ledger)).OfType<CheckLine>(),
            .. batch.Postchecks.Select(check => Line(batch, check, CheckMoment.Postcheck, ledger)).OfType<CheckLine>(),
        ];
        var rehearsal = ledger.Rehearsals.GetValueOrDefault(batch.Id);
        var end = ledger.Batches.FirstOrDefault(b => b.Batch == batch.Id);
        return new BatchSection
        {
            Id = batch.Id,
            Title = batch.Title,
            Owner = batch.Owner,
            Verdict = Verdicts.Of(checks),
            Outcome = end?.Outcome,
            Reason = end?.Reason,
            Steps = await ReadStepsAsync(batch, rehearsal, cancel),
            Rehearsal = rehearsal,
            Checks = checks,
            Decisions = [.. ledger.Decisions.Where(d => d.Batch == batch.Id).Select(Line)],
        };
    }

    private async Task<IReadOnlyList<StepLine>> ReadStepsAsync(Batch batch, RehearsalOutline? rehearsal, CancellationToken cancel)
    {
        var lines = new List<StepLine>();
        foreach (var step in batch.Steps)
        {
            var database = await databases.TargetAsync(plan, run.Environment, step.Database, cancel);
            var row = await Steps.FindTimingAsync(database, new StepKey(plan.Name, batch.Id, step.Id), cancel);
            lines.Add(new StepLine
            {
                Id = step.Id,
                Title = step.Title,
                Kind = step.Kind,
                State = row?.State,
                Rows = row?.Rows ?? 0,
                Seconds = row?.Seconds,
                RehearsedSeconds = rehearsal?.Steps.FirstOrDefault(s => s.Step == step.Id)?.Seconds,
            });
        }

        return lines;
    }

    private static CheckLine? Line(Batch batch, Check check, CheckMoment moment, Ledger ledger)
    {
        if (Find(ledger.Now) is not { } now)
        {
            return null;
        }

        return new CheckLine
        {
            Id = check.Id,
            Title = check.Title,
            Moment = moment,
            Severity = check.Severity,
            Verdict = Enum.Parse<Verdict>(now.Verdict, ignoreCase: true),
            Rule = now.Rule,
            Measured = now.Measured,
            Explanation = now.Explanation,
            BlindSpot = check.DescribeBlindSpot(),
            Seconds = now.Seconds,
            MeasuredAt = now.MeasuredAt,
            QueryDigest = now.QueryDigest,
            Previous = Compare(now, Find(ledger.Before)),
            Rehearsal = Compare(now, Find(ledger.Rehearsed)),
            Exceptions = JsonSerializer.Deserialize<string[]>(now.Exceptions) ?? [],
        };

        FindingRow? Find(IReadOnlyList<FindingRow> rows) => rows.FirstOrDefault(row =>
            row.Batch == batch.Id && row.Check == check.Id && string.Equals(row.Moment, moment.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    private static Earlier? Compare(FindingRow now, FindingRow? then) => then is null ? null : new Earlier
    {
        Verdict = Enum.Parse<Verdict>(then.Verdict, ignoreCase: true),
        Measured = then.Measured,
        MeasuredAt = then.MeasuredAt,
        Delta = Number(now.Measured) is { } a && Number(then.Measured) is { } b ? a - b : null,
    };

    private static decimal? Number(string? measured) =>
        decimal.TryParse(measured, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DecisionLine Line(DecisionLineRow row) => new()
    {
        Who = row.Who,
        Role = row.Role,
        Answer = row.Verdict == "go" ? "go" : "no-go",
        Comment = row.Comment,
        Evidence = row.Evidence,
        At = row.DecidedAt,
    };
}
