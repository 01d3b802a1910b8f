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
    public static async Task<long> PourAsync(NpgsqlConnection source, NpgsqlConnection target, CopyPair pair, string rangeSql, CancellationToken cancel)
    {
        var columnsSql = string.Join(", ", pair.Columns.Select(c => SqlIdentifier.Of(c.Name)));
        var sourceTable = pair.Source.Identifier;
        var targetTable = pair.Target.Identifier;
        var outSql = $"copy (select {columnsSql} from {sourceTable} where {rangeSql}) to stdout";
        var intoSql = $"copy {targetTable} ({columnsSql}) from stdin";
        if (pair.AsText)
        {
            return await PourTextAsync(source, target, outSql, intoSql, cancel);
        }

        return await PourBinaryAsync(source, target, $"{outSql} (format binary)", $"{intoSql} (format binary)", cancel);
    }

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
