using Dapper;
using Npgsql;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.DryRuns;

/// <summary>How fast rows go, where nobody has ever timed it: some are read and hashed, and writing is taken to be so many times as dear.</summary>
internal static class SamplePace
{
    public static async Task<double?> RowsPerSecondAsync(NpgsqlConnection connection, KeyColumns key, StepKind kind, TimeProvider time, CancellationToken cancel)
    {
        var keyColumns = string.Join(", ", key.Columns.Select(c => Postgres.Names.Column(c.Name)));
        var started = time.GetTimestamp();
        var rows = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(hashtextextended(sampled::text, 0)) from (select * from {key.Table} order by {keyColumns} limit {RowsSql}) as sampled",
            commandTimeout: 0,
            cancellationToken: cancel));
        var seconds = Math.Max(time.GetElapsedTime(started).TotalSeconds, 1e-6);
        // The first rows of a small table are all round trip.
        return rows < FewestRows ? null : rows / seconds / TimesAsDear(kind);
    }

    private const long FewestRows = 1_000;

    private static string RowsSql => "20000";

    // Measured once, with 300,000 narrow rows on a busy machine; that of copies is a guess. Wide rows and many indexes are dearer.
    private static double TimesAsDear(StepKind kind) => kind switch
    {
        StepKind.IdMap => 4,
        StepKind.Relink => 20,
        StepKind.Match => 24,
        _ => 3,
    };
}
