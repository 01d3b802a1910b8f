using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Copy;
using Orchestrator.Activities.IdMaps;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.DryRuns;

/// <summary>
/// Estimates every step that moves rows. Each look at a database is a read-only transaction that is never committed, so that it is
/// PostgreSQL, and not this code, that keeps it from writing; nothing is created, not even a ledger.
/// </summary>
public sealed class DryRun(Databases databases, MigrationPlan plan, string environment, NpgsqlDataSource? ledger, TimeProvider time)
{
    // A row's header and its place on the page.
    private const int RowOverheadBytes = 28;
    private const int GuessedWidthBytes = 72;
    private const string TooFew = "too few rows to time";

    public async Task<IReadOnlyList<StepEstimate>> EstimateAsync(CancellationToken cancel)
    {
        var estimates = new List<StepEstimate>();
        foreach (var batch in BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs))
        {
            foreach (var step in batch.Steps.Where(s => s.Kind.MovesRows()))
            {
                estimates.Add(await EstimateAsync(batch, step, cancel));
            }
        }

        return estimates;
    }

    private async Task<StepEstimate> EstimateAsync(Batch batch, Step step, CancellationToken cancel)
    {
        var estimate = new StepEstimate { Batch = batch.Id, Step = step.Id, Kind = step.Kind };
        try
        {
            if (await databases.FindReadOnlyAsync(plan, environment, step.Database, cancel) is not { } database)
            {
                return estimate with { Problem = $"The database '{step.Database}' is not there yet: the first run makes it." };
            }

            await using var look = await Look.TakeAsync(database, LookMode.ReadOnly, cancel);
            var key = new StepKey(plan.Name, batch.Id, step.Id);
            var standing = await EarlierPaces.FindStandingAsync(look.Connection, key, cancel);
            estimate = estimate with { State = standing?.State };
            if (standing?.State == "done")
            {
                return estimate with { Changes = standing.Waiting + await NewSinceAsync(look, step, cancel) };
            }

            var (sized, pace) = await SizeAsync(estimate, database, look, step, cancel);
            return await TimeAsync(sized, key, step, pace, cancel);
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested)
        {
            return estimate with { Problem = PostgresFailures.Describe(e) };
        }
        catch (RefusalException e)
        {
            return estimate with { Problem = e.Message };
        }
    }

    private Task<(StepEstimate Estimate, double? Pace)> SizeAsync(StepEstimate estimate, NpgsqlDataSource database, Look look, Step step, CancellationToken cancel) => step switch
    {
        CopyStep copy => SizeCopyAsync(estimate, look, copy, cancel),
        BackfillStep backfill => SizeWalkAsync(estimate, look, backfill, backfill.Table, backfill.Key, (found, range) => SizeBackfillAsync(found, database, look, backfill, range, cancel), cancel),
        IdMapStep map => SizeWalkAsync(estimate, look, map, map.Table, [map.Key], (found, _) => Task.FromResult(found with { Changes = found.Walked }), cancel),
        RelinkStep relink => SizeWalkAsync(estimate, look, relink, relink.Table, relink.Key, (found, _) => Task.FromResult(found with { Changes = found.Walked, IsAtMost = true }), cancel),
        MatchStep match => SizeWalkAsync(estimate, look, match, match.Table, [match.Key], (found, _) => Task.FromResult(found with { Changes = found.Walked, IsAtMost = true }), cancel),
        _ => throw new InvalidOperationException($"A step of kind {step.Kind} moves no rows."),
    };

    private async Task<(StepEstimate, double?)> SizeWalkAsync(
        StepEstimate estimate, Look look, Step step, string table, IReadOnlyList<string> key, Func<StepEstimate, KeyRange, Task<StepEstimate>> sizeAsync, CancellationToken cancel)
    {
        var columns = await KeyColumns.ReadAsync(look.Connection, SqlName.TryParse(table)!, key, cancel);
        var keys = new KeyLook(look.Connection, columns);
        var sized = await sizeAsync(estimate with { Walked = await keys.EstimateAsync(cancel) }, keys.Range);
        var pace = await SamplePace.RowsPerSecondAsync(look.Connection, columns, step.Kind, time, cancel);
        return (sized with { Bytes = sized.Bytes ?? sized.Changes * (GuessedWidthBytes + RowOverheadBytes) }, pace);
    }

    private static async Task<StepEstimate> SizeBackfillAsync(
        StepEstimate estimate, NpgsqlDataSource database, Look look, BackfillStep step, KeyRange range, CancellationToken cancel)
    {
        var planned = await PlannedStatement.TryAsync(database, new ChunkStatement(step, range).For(null, null), cancel);
        var changes = step.Into is not null && planned is not null
            ? await look.Connection.ExecuteScalarAsync<long>(new CommandDefinition(ChangeCountSql.Of(step), commandTimeout: 0, cancellationToken: cancel))
            : planned?.Rows ?? estimate.Walked;
        return estimate with
        {
            Changes = changes,
            IsAtMost = planned is null,
            Bytes = planned is null ? null : changes * (planned.Width + RowOverheadBytes),
        };
    }

    private async Task<(StepEstimate, double?)> SizeCopyAsync(StepEstimate estimate, Look target, CopyStep step, CancellationToken cancel)
    {
        if (await databases.FindReadOnlyAsync(plan, environment, step.From, cancel) is not { } source)
        {
            return (estimate with { Problem = $"The database '{step.From}' is not there." }, null);
        }

        await using var look = await Look.TakeAsync(source, LookMode.ReadOnly, cancel);
        var tables = await new CopyCatalog(look.Connection).ReadAsync(step, cancel);
        // Never analysed: a row of a hundred bytes is as good a guess as any.
        var rows = tables.Sum(t => t.Rows > 0 ? t.Rows : t.Bytes / 100);
        var sized = estimate with
        {
            Walked = rows,
            Changes = rows,
            Bytes = tables.Sum(t => t.Bytes),
            Chunks = tables.Sum(t => t.Key.Count == 0 || t.Partitioned ? 1 : CopyTransfer.RangesOf(t.Bytes)),
            Problem = await FilledAsync(target, tables, cancel),
        };
        var largest = tables.Where(t => t.Key.Count > 0).MaxBy(t => t.Bytes);
        return (sized, largest is null ? null : await SamplePace.RowsPerSecondAsync(
            look.Connection, await KeyColumns.ReadAsync(look.Connection, new(largest.Schema, largest.Name), largest.Key, cancel), step.Kind, time, cancel));
    }

    private static async Task<string?> FilledAsync(Look target, IReadOnlyList<CopyTable> tables, CancellationToken cancel)
    {
        foreach (var table in tables)
        {
            var there = await target.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select to_regclass(@Table) is not null", new { Table = table.Identifier.ToString() }, cancellationToken: cancel));
            var targetTable = table.Identifier;
            if (there && await target.Connection.ExecuteScalarAsync<bool>(new CommandDefinition($"select exists (select from {targetTable})", cancellationToken: cancel)))
            {
                return $"It would be refused: the target already has rows in {table.FullName}.";
            }
        }

        return null;
    }

    /// <summary>Of a step that is done: keys that have come since, where the step takes those in.</summary>
    private static async Task<long> NewSinceAsync(Look look, Step step, CancellationToken cancel)
    {
        if (step is not IdMapStep map)
        {
            return 0;
        }

        var (sourceTable, mapTable, keyColumn) = (Names.Table(map.Table), IdMapTable.NameOf(map.Name), Names.Column(map.Key));
        return await look.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from {sourceTable} as source where not exists (select from {mapTable} as map where map.old_key = source.{keyColumn})",
            commandTimeout: 0,
            cancellationToken: cancel));
    }

    private async Task<StepEstimate> TimeAsync(StepEstimate estimate, StepKey key, Step step, double? sampled, CancellationToken cancel)
    {
        var earlier = await FindEarlierAsync(key, cancel);
        var pace = earlier is null ? sampled : earlier.Rows / earlier.Seconds;
        if (pace is not > 0 || estimate.Walked is not { } walked)
        {
            return estimate with { Basis = TooFew };
        }

        // Earlier paces are of rows written, and the sample's are of rows walked.
        var seconds = (earlier is null ? walked : estimate.Changes ?? walked) / pace.Value;
        return estimate with
        {
            Seconds = Math.Round(seconds, 1),
            Chunks = estimate.Chunks ?? ChunksOf(step, walked, pace.Value),
            Basis = earlier is null
                ? $"a sample of {pace:N0} rows/s: the order of magnitude"
                : $"{pace:N0} rows/s on '{earlier.Environment}', {earlier.At:yyyy-MM-dd HH:mm} UTC",
        };
    }

    private static long ChunksOf(Step step, long walked, double pace)
    {
        var limits = step is BackfillStep backfill ? ChunkLimits.Of(backfill.ChunkRows, backfill.Pace?.ChunkTime) : ChunkLimits.Of(null, null);
        var rows = Math.Clamp(pace * limits.Target.TotalSeconds, limits.Least, limits.Most);
        return (long)Math.Ceiling(walked / rows);
    }

    private async Task<EarlierPace?> FindEarlierAsync(StepKey key, CancellationToken cancel)
    {
        if (ledger is null)
        {
            return null;
        }

        await using var look = await Look.TakeAsync(ledger, LookMode.ReadOnly, cancel);
        return await EarlierPaces.FindAsync(look.Connection, key, cancel);
    }
}
