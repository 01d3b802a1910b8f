using Npgsql;
using NpgsqlTypes;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.OwnUndo;

/// <summary>Puts in the rows that are missing, and remembers which those were: the undo takes out these and no others.</summary>
internal sealed class SeedRunner(NpgsqlDataSource database, SeedStep step, HeldStep held)
{
    public async Task<StepEffect> DoAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var different = 0;
        foreach (var row in step.Rows)
        {
            if (await InsertAsync(scope, row, cancel))
            {
                await Seeds.RecordAsync(scope, held, KeyOf(row), cancel);
            }
            else if (await DiffersAsync(scope, row, cancel))
            {
                different++;
            }
        }

        // What an earlier attempt put in counts as well: it is what this step has done.
        var mine = (await Seeds.ReadAsync(scope, held, cancel)).Count;
        await EntryChain.AppendAsync(scope, "seed-applied", new { held.Key.Batch, held.Key.Step, step.Table, Rows = mine, held.Row.Round }, cancel);
        await transaction.CommitAsync(cancel);
        return new StepEffect(mine > 0 ? Effect.Changed : Effect.Nothing, mine, Note(mine, different));
    }

    public async Task<StepEffect> UndoAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var rows = 0;
        foreach (var key in await Seeds.ReadAsync(scope, held, cancel))
        {
            rows += await DeleteAsync(scope, key, cancel);
        }

        await EntryChain.AppendAsync(scope, "seed-undone", new { held.Key.Batch, held.Key.Step, step.Table, Rows = rows, held.Row.Round }, cancel);
        await transaction.CommitAsync(cancel);
        return new StepEffect(Effect.Changed, rows, $"{rows} rows taken out again");
    }

    private Dictionary<string, string> KeyOf(IReadOnlyDictionary<string, string?> row) => step.Key.ToDictionary(column => column, column => row[column]!);

    private string Note(int mine, int different)
    {
        var there = step.Rows.Count - mine;
        var kept = there == 0 ? "" : $", {there} were there already";
        return $"{mine} rows put in{kept}{(different == 0 ? "" : $", {different} of them with other values")}";
    }

    private async Task<bool> InsertAsync(LedgerScope scope, IReadOnlyDictionary<string, string?> row, CancellationToken cancel)
    {
        var (tableName, columnsSql, keysSql) = (Names.Table(step.Table), Names.Columns(row.Keys), Names.Columns(step.Key));
        var valuesSql = string.Join(", ", Enumerable.Range(1, row.Count).Select(n => $"${n}"));
        return await ExecuteAsync(
            scope,
            $"insert into {tableName} ({columnsSql}) values ({valuesSql}) on conflict ({keysSql}) do nothing",
            row.Values,
            cancel) == 1;
    }

    private async Task<bool> DiffersAsync(LedgerScope scope, IReadOnlyDictionary<string, string?> row, CancellationToken cancel)
    {
        var others = row.Where(field => !step.Key.Contains(field.Key)).ToList();
        if (others.Count == 0)
        {
            return false;
        }

        var tableName = Names.Table(step.Table);
        var keySql = Matches(step.Key, 1);
        var differsSql = string.Join(" or ", others.Select((field, i) => $"{Names.Column(field.Key)} is distinct from ${step.Key.Count + i + 1}"));
        await using var batch = Batch(
            scope,
            $"select exists (select from {tableName} where {keySql} and ({differsSql}))",
            [.. step.Key.Select(column => row[column]), .. others.Select(field => field.Value)]);
        return (bool)(await batch.ExecuteScalarAsync(cancel))!;
    }

    private Task<int> DeleteAsync(LedgerScope scope, IReadOnlyDictionary<string, string> key, CancellationToken cancel)
    {
        var tableName = Names.Table(step.Table);
        var keySql = Matches([.. key.Keys], 1);
        return ExecuteAsync(scope, $"delete from {tableName} where {keySql}", key.Values, cancel);
    }

    private static string Matches(IReadOnlyList<string> columns, int first) =>
        string.Join(" and ", columns.Select((column, i) => $"{Names.Column(column)} = ${first + i}"));

    private async Task<int> ExecuteAsync(LedgerScope scope, string sql, IEnumerable<string?> values, CancellationToken cancel)
    {
        await using var batch = Batch(scope, sql, values);
        try
        {
            return await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e)
        {
            throw new StatementException($"The seed of {step.Table}", null, e);
        }
    }

    private static NpgsqlBatch Batch(LedgerScope scope, string sql, IEnumerable<string?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            // Unknown: PostgreSQL reads the text as whatever the column is, like a literal.
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)value ?? DBNull.Value });
        }

        return new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { command } };
    }
}
