using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Transfer;

/// <summary>Questions about the keys of one table.</summary>
internal sealed class KeyLook(NpgsqlConnection connection, KeyColumns key, NpgsqlTransaction? transaction = null)
{
    // Enough that a cut by them is off by a few percent at most.
    private const double SampleRows = 10_000;

    // A table of so few pages is counted instead of estimated.
    private const long SmallTableBytes = 1024 * 1024;

    public KeyRange Range { get; } = new(key);

    public async Task<string[]?> LastKeyAsync(CancellationToken cancel) => await FirstAsync<string[]>(Range.LastKey(), cancel);

    /// <summary>The end of the next chunk, and how many keys it has; none where the range has no more.</summary>
    public async Task<(string[] Last, long Walked)?> NextEndAsync(string[]? after, string[] last, int rows, CancellationToken cancel)
    {
        if (await KeyAtAsync(after, last, rows - 1, cancel) is { } end)
        {
            return (end, rows);
        }

        var rest = await CountAsync(after, last, cancel);
        return rest == 0 ? null : (last, rest);
    }

    public async Task<string[]?> KeyAtAsync(string[]? after, string[]? last, long offset, CancellationToken cancel) =>
        await FirstAsync<string[]>(Range.KeyAt(after, last, offset), cancel);

    public async Task<long> CountAsync(string[]? after, string[]? last, CancellationToken cancel) =>
        await FirstAsync<long>(Range.Count(after, last), cancel);

    public async Task<bool> IsAfterAsync(string[] later, string[] earlier, CancellationToken cancel) =>
        await FirstAsync<bool>(Range.IsAfter(later, earlier), cancel);

    public async Task<IReadOnlyList<string[]>> SampleAsync(string[]? after, string[]? last, long tableRows, CancellationToken cancel)
    {
        var percent = Math.Clamp(100 * SampleRows / Math.Max(1, tableRows), 0.01, 100);
        await using var batch = Batch(Range.Sample(after, last, percent));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var keys = new List<string[]>();
        while (await reader.ReadAsync(cancel))
        {
            keys.Add(await reader.GetFieldValueAsync<string[]>(0, cancel));
        }

        return keys;
    }

    public async Task<long> EstimateAsync(CancellationToken cancel)
    {
        var (rows, bytes) = await connection.QuerySingleAsync<(double, long)>(new CommandDefinition(
            """
            -- A table without partitions is not in its own partition tree.
            select coalesce(sum(c.reltuples), 0)::float8, coalesce(sum(pg_relation_size(c.oid)), 0)::bigint
            from pg_class c
            where c.relkind = 'r'
              and (c.oid = to_regclass(@Table) or c.oid in (select relid from pg_partition_tree(to_regclass(@Table))))
            """,
            new { Table = key.Table.ToString() },
            transaction,
            cancellationToken: cancel));
        if (bytes < SmallTableBytes)
        {
            return await CountAsync(null, null, cancel);
        }

        // Never analysed: a row of a hundred bytes is as good a guess as any.
        return rows > 0 ? (long)rows : bytes / 100;
    }

    private async Task<T?> FirstAsync<T>(NpgsqlBatchCommand command, CancellationToken cancel)
    {
        await using var batch = Batch(command);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? await reader.GetFieldValueAsync<T>(0, cancel) : default;
    }

    private NpgsqlBatch Batch(NpgsqlBatchCommand command) => new(connection, transaction) { BatchCommands = { command } };
}
