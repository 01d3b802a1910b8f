using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.IdMaps;

/// <summary>A relink as a transfer: a backfill whose statement is made here, and in the end a look at what has no new id.</summary>
internal sealed class RelinkTransfer(NpgsqlDataSource database, RelinkStep step, TimeProvider time) : ITransfer
{
    private readonly BackfillTransfer _walk = new(database, WalkOf(step), time);

    public TransferPace? Pace => step.Pace;

    public ChunkLimits Limits => _walk.Limits;

    public bool KeepsOrder => false;

    public IReadOnlyList<string> Tables => [step.Table];

    public async Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel)
    {
        await RefuseFractionsAsync(scope, cancel);
        return await _walk.CutAsync(scope, held, lanes, cancel);
    }

    public Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel) => _walk.OpenLaneAsync(held, cancel);

    public Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel) => _walk.LateAsync(held, cancel);

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var answered = await TakeAnswersAsync(connection, held, cancel);
        var pending = await Unmapped.PendingAsync(connection, held, cancel);
        return $"{(pending is null ? "every reference has its new id or an answer" : $"{pending.Entries:N0} references without a new id, {pending}")}{(answered == 0 ? "" : $"; {answered:N0} rows by people's answers")}";
    }

    public async Task<long> ResumeAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var filled = 0L;
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(RelinkSql.AnyLacking(step), commandTimeout: 0, cancellationToken: cancel)))
        {
            var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel);
            filled = await new LackingWalk(connection, key, Work(connection, held)).RunAsync(RelinkSql.Fill(step), RelinkSql.LackingSql(step), "relinked-again", cancel);
        }

        return filled + await TakeAnswersAsync(connection, held, cancel);
    }

    // A number with a fraction is compared with old keys without their index: every row would read the whole map.
    private async Task RefuseFractionsAsync(LedgerScope scope, CancellationToken cancel)
    {
        var column = await scope.Connection.QueryFirstOrDefaultAsync<string?>(new CommandDefinition(
            """
            select a.attname || ' is ' || format_type(a.atttypid, a.atttypmod)
            from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            where a.attrelid = to_regclass(@Table) and a.attname = any(@Froms) and t.typcategory = 'N' and t.typname not in ('int2', 'int4', 'int8')
            """,
            new { Table = Names.Table(step.Table).ToString(), Froms = step.Links.Select(l => l.From).ToArray() },
            scope.Transaction,
            cancellationToken: cancel));
        if (column is not null)
        {
            throw new RefusalException($"In {step.Table} {column}, and old keys are numbers without fractions, texts or uuids: give the column the type of the map's keys first.");
        }
    }

    private static BackfillStep WalkOf(RelinkStep step) => new()
    {
        Id = step.Id,
        Title = step.Title,
        Database = step.Database,
        Undo = [],
        Table = step.Table,
        Key = step.Key,
        Chunk = new SqlScript("links", RelinkSql.Fill(step)),
        LateRows = LateRows.FinalPass,
        Pace = step.Pace,
    };

    private StepTransaction Work(NpgsqlConnection connection, HeldStep held) => new(connection, held, $"The links of {step.Table}");

    private async Task<long> TakeAnswersAsync(NpgsqlConnection connection, HeldStep held, CancellationToken cancel)
    {
        var rows = 0L;
        foreach (var link in step.Links)
        {
            rows += await Work(connection, held).RunAsync(
                "answers-taken",
                async scope => await connection.ExecuteAsync(new CommandDefinition(
                    RelinkSql.Answer(step, link, held), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel)),
                cancel);
            await ReportAsync(connection, held, link, cancel);
        }

        return rows;
    }

    private async Task ReportAsync(NpgsqlConnection connection, HeldStep held, Relink link, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.ShareWhileDoingAsync(scope, held, cancel);
        var (lacking, changed) = await connection.QuerySingleAsync<(int Lacking, int Changed)>(new CommandDefinition(
            RelinkSql.Report(step, link, held), transaction: transaction, commandTimeout: 0, cancellationToken: cancel));
        if (lacking > RelinkSql.MostUnmapped)
        {
            throw new RefusalException($"More than {RelinkSql.MostUnmapped:N0} different keys in {RelinkSql.SubjectOf(step, link)} have no new id in the map '{link.Map}': is it the right one?");
        }

        if (changed > 0)
        {
            await EntryChain.AppendAsync(scope, "unmapped-reported", new { held.Key.Batch, held.Key.Step, Subject = RelinkSql.SubjectOf(step, link), Entries = lacking }, cancel);
        }

        await transaction.CommitAsync(cancel);
    }
}
