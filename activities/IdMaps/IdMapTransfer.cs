using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.IdMaps;

/// <summary>An id map as a transfer: its table is walked as a backfill walks it, and each chunk's keys get their ids.</summary>
internal sealed class IdMapTransfer(NpgsqlDataSource database, IdMapStep step, TimeProvider time) : ITransfer
{
    private readonly BackfillTransfer _walk = new(database, WalkOf(step), time) { Writer = key => new IdMapWriter(step, key) };

    public TransferPace? Pace => step.Pace;

    public ChunkLimits Limits => _walk.Limits;

    public bool KeepsOrder => false;

    public IReadOnlyList<string> Tables => [step.Table];

    public async Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel)
    {
        await IdMapTable.MakeAsync(scope, step, held, await KeyAsync(scope.Connection, cancel), cancel);
        return await _walk.CutAsync(scope, held, lanes, cancel);
    }

    public Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel) => _walk.OpenLaneAsync(held, cancel);

    public Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel) => _walk.LateAsync(held, cancel);

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        var added = await AddMissingAsync(held, cancel);
        var mapTable = IdMapTable.NameOf(step.Name);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition($"analyze {mapTable}", commandTimeout: 0, cancellationToken: cancel));
        var ids = await IdMapTable.CountAsync(connection, mapTable, cancel);
        return $"{ids:N0} ids in {mapTable}{(added == 0 ? "" : $", {added:N0} of them for keys that came meanwhile")}";
    }

    public Task<long> ResumeAsync(HeldStep held, CancellationToken cancel) => AddMissingAsync(held, cancel);

    private static BackfillStep WalkOf(IdMapStep step) => new()
    {
        Id = step.Id,
        Title = step.Title,
        Database = step.Database,
        Undo = [],
        Table = step.Table,
        Key = [step.Key],
        LateRows = LateRows.FinalPass,
        Pace = step.Pace,
    };

    private Task<KeyColumns> KeyAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, [step.Key], cancel);

    /// <summary>A text key that came late may lie anywhere in the order, so the table is held against its map once more.</summary>
    private async Task<long> AddMissingAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var writer = new IdMapWriter(step, await KeyAsync(connection, cancel));
        var work = new StepTransaction(connection, held, writer.Path);
        var added = 0L;
        while (await work.RunAsync("id-map-extended", scope => writer.AddMissingAsync(scope, cancel), cancel) is var rows and > 0)
        {
            added += rows;
        }

        return added;
    }
}
