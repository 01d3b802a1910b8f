using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Copy;

/// <summary>
/// Pours COPY out of one server into COPY of another, through one small buffer: what it needs of memory does not depend on the table.
/// </summary>
internal static class RowStream
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Answers with the number of rows.</summary>
    public static Task<long> PourAsync(NpgsqlConnection source, NpgsqlConnection target, CopyPair pair, string rangeSql, CancellationToken cancel)
    {
        var columnsSql = ListSql(pair.Columns.Select(c => c.Name));
        var valuesSql = string.Join(", ", pair.Columns.Select(c => pair.HeldBack.Contains(c.Name) ? "null" : SqlIdentifier.Of(c.Name).ToString()));
        var sourceTable = pair.Source.Identifier;
        var targetTable = pair.Target.Identifier;
        var outSql = $"copy (select {valuesSql} from {sourceTable} where {rangeSql}) to stdout";
        return PourAsync(source, target, outSql, $"copy {targetTable} ({columnsSql}) from stdin", pair.AsText, cancel);
    }

    /// <summary>Writes what the first pass held back, by way of a table that goes with the transaction.</summary>
    public static async Task<long> FillAsync(NpgsqlConnection source, NpgsqlConnection target, CopyPair pair, string rangeSql, CancellationToken cancel)
    {
        var sourceTable = pair.Source.Identifier;
        var targetTable = pair.Target.Identifier;
        var columnsSql = ListSql(pair.Source.Key.Concat(pair.HeldBack));
        var heldBackSql = ListSql(pair.HeldBack);
        await target.ExecuteAsync(new CommandDefinition(
            $"create temporary table held_back on commit drop as select {columnsSql} from {targetTable} where false", cancellationToken: cancel));
        await PourAsync(
            source,
            target,
            $"copy (select {columnsSql} from {sourceTable} where {rangeSql} and num_nonnulls({heldBackSql}) > 0) to stdout",
            $"copy held_back ({columnsSql}) from stdin",
            pair.AsText,
            cancel);
        var setSql = string.Join(", ", pair.HeldBack.Select(SqlIdentifier.Of).Select(c => $"{c} = held_back.{c}"));
        var joinSql = string.Join(" and ", pair.Source.Key.Select(SqlIdentifier.Of).Select(c => $"filled.{c} = held_back.{c}"));
        return await target.ExecuteAsync(new CommandDefinition(
            $"update {targetTable} as filled set {setSql} from held_back where {joinSql}", commandTimeout: 0, cancellationToken: cancel));
    }

    private static Task<long> PourAsync(NpgsqlConnection source, NpgsqlConnection target, string outSql, string intoSql, bool asText, CancellationToken cancel) => asText
        ? PourTextAsync(source, target, outSql, intoSql, cancel)
        : PourBinaryAsync(source, target, $"{outSql} (format binary)", $"{intoSql} (format binary)", cancel);

    private static string ListSql(IEnumerable<string> columns) => string.Join(", ", columns.Select(SqlIdentifier.Of));

    private static async Task<long> PourBinaryAsync(NpgsqlConnection source, NpgsqlConnection target, string outSql, string intoSql, CancellationToken cancel)
    {
        await using var rows = await source.BeginRawBinaryCopyAsync(outSql, cancel);
        var into = await target.BeginRawBinaryCopyAsync(intoSql, cancel);
        var counter = new TupleCounter();
        try
        {
            var buffer = new byte[BufferBytes];
            int filled;
            do
            {
                // The server sends a row at a time; written on one by one they would cost a system call each.
                filled = await FillAsync(rows, buffer, cancel);
                counter.See(buffer.AsSpan(0, filled));
                await into.WriteAsync(buffer.AsMemory(0, filled), cancel);
            }
            while (filled == buffer.Length);
        }
        catch
        {
            await into.CancelAsync();
            throw;
        }

        // Ends the COPY: the target's complaint about its last rows comes here.
        await into.DisposeAsync();
        return counter.Rows;
    }

    private static async Task<int> FillAsync(NpgsqlRawCopyStream rows, byte[] buffer, CancellationToken cancel)
    {
        var filled = 0;
        while (filled < buffer.Length && await rows.ReadAsync(buffer.AsMemory(filled), cancel) is var read and > 0)
        {
            filled += read;
        }

        return filled;
    }

    private static async Task<long> PourTextAsync(NpgsqlConnection source, NpgsqlConnection target, string outSql, string intoSql, CancellationToken cancel)
    {
        using var rows = await source.BeginTextExportAsync(outSql, cancel);
        var into = await target.BeginTextImportAsync(intoSql, cancel);
        var lines = 0L;
        try
        {
            var buffer = new char[BufferBytes];
            while (await rows.ReadBlockAsync(buffer.AsMemory(), cancel) is var read and > 0)
            {
                // A line break inside of a value is written as two other characters.
                lines += buffer.AsSpan(0, read).Count('\n');
                await into.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        catch
        {
            await into.CancelAsync();
            throw;
        }

        await into.DisposeAsync();
        return lines;
    }
}
