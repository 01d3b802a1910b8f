using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Plans;

namespace Orchestrator.Cli.Programs;

/// <summary>Finds runs in the ledger: by the parts of a program's id, by a plan's name, by its folder; or the newest of all.</summary>
internal static class RunFinder
{
    public static async Task<IReadOnlyList<LedgerReport>> FindAsync(NpgsqlDataSource ledger, string? named, int runs, CancellationToken cancel)
    {
        string?[] parts = named is null ? [null, null, null]
            : File.Exists(Path.Combine(named, PlanFolder.FileName)) ? [PlanFolder.Read(named).Plan?.Name ?? named, null, null]
            : [.. named.TrimEnd('/').Split('/').Concat([null, null, null]).Take(3)];
        var reports = await Reports.ListAsync(ledger, new ReportQuery(parts[0], parts[1], parts[2], runs), cancel);
        return reports.Count > 0 ? reports : throw new RefusedException($"The ledger has no run{(named is null ? "" : $" of '{named}'")}.");
    }
}
