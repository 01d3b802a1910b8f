using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Reports;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Rehearsals;

/// <summary>What the newest rehearsal of exactly this plan measured: the best guess at what production will feel.</summary>
public static class LastRehearsal
{
    // It travels in the history of each batch, and people read it at a gate.
    private const int LocksShown = 10;

    /// <summary>By batch; empty where the plan, as it is, was never rehearsed.</summary>
    public static async Task<IReadOnlyDictionary<string, RehearsalOutline>> ReadAsync(NpgsqlDataSource ledger, string planDigest, CancellationToken cancel)
    {
        var report = await FindReportAsync(ledger, planDigest, cancel);
        return report?.Batches.Where(b => !b.WasThere).ToDictionary(b => b.Id, b => OutlineOf(report, b)) ?? [];
    }

    internal static async Task<RehearsalReport?> FindReportAsync(NpgsqlDataSource ledger, string planDigest, CancellationToken cancel)
    {
        if (await RehearsalRuns.FindAsync(ledger, planDigest, cancel) is not { } found)
        {
            return null;
        }

        var artifacts = await Artifacts.ReadAsync(ledger, found.Run, [found.Report], cancel);
        return ReportJson.Read<RehearsalReport>(artifacts[0].Content);
    }

    private static RehearsalOutline OutlineOf(RehearsalReport report, RehearsedBatch batch) => new()
    {
        At = report.WrittenAt,
        Passed = batch.Verdict == Verdict.Pass,
        ForwardSeconds = batch.ForwardSeconds,
        BackSeconds = batch.BackSeconds,
        Steps = batch.Steps,
        Locks =
        [
            .. batch.Locks
                .OrderByDescending(l => l.Rewritten)
                .ThenByDescending(l => l.HeldMilliseconds)
                .Take(LocksShown)
                .Select(l => new HeldLock(l.File, l.Relation, l.Lock, l.HeldMilliseconds, l.Rewritten, l.RowsRead)),
        ],
    };
}
