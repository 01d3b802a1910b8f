using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

/// <summary>A backup is what can be restored: it is, into a database that is thrown away, and its tables are counted.</summary>
internal static class Backup
{
    // What a custom or tar archive of pg_dump begins with; anything else is taken for SQL.
    private static readonly byte[] ArchiveMark = "PGDMP"u8.ToArray();

    public static async Task<Measurement> MeasureAsync(BackupCheck check, CheckSite site, CancellationToken cancel)
    {
        if (Newest(site.ReadVariable(check.Variable)) is not { } dump)
        {
            return Measurement.Inconclusive($"{check.Variable} names no dump that the worker can see.");
        }

        var age = site.Time.GetUtcNow() - File.GetLastWriteTimeUtc(dump);
        if (age > check.MaxAge)
        {
            return Measurement.Fail($"{age.TotalHours:0.#} h old", $"{Path.GetFileName(dump)} is older than {check.MaxAge.TotalHours:0.#} h.");
        }

        var isSql = IsSql(dump);
        if (PostgresPrograms.Find(isSql ? "psql" : "pg_restore", site.ReadVariable) is not { } program)
        {
            return Measurement.Inconclusive($"The worker has no {(isSql ? "psql" : "pg_restore")} to restore with; set ORCHESTRATOR_POSTGRES_BIN.");
        }

        var server = await site.Databases.TargetConnectionAsync(site.Plan, site.Run.Environment, check.Database, cancel);
        var purpose = PlanCanon.DigestOf($"{site.Plan.Name}\n{site.Run.Environment}\n{check.Id}");
        await using var scratch = await ScratchDatabase.CreateAsync(server, purpose, cancel);
        try
        {
            await PostgresPrograms.RunAsync(program, scratch.ConnectionString, Arguments(dump, isSql, scratch.ConnectionString), cancel);
        }
        catch (RefusalException e)
        {
            return Measurement.Fail("not restored", e.Message);
        }

        return await CompareAsync(check, site, scratch, age, cancel);
    }

    internal static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, long> database, IReadOnlyDictionary<string, long> backup, decimal drift) =>
    [
        .. database.Keys.Where(table => !backup.ContainsKey(table)).Select(table => $"{table} is not in the backup"),
        .. from table in database
           where backup.ContainsKey(table.Key)
           let missing = Math.Abs(table.Value - backup[table.Key])
           where missing > table.Value * drift / 100
           select $"{table.Key} has {table.Value:N0} rows, in the backup {backup[table.Key]:N0}",
    ];

    private static async Task<Measurement> CompareAsync(BackupCheck check, CheckSite site, ScratchDatabase scratch, TimeSpan age, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(scratch.ConnectionString);
        var backup = await CountAsync(await Look.TakeAsync(source, LookMode.ReadOnly, cancel), cancel);
        var database = await CountAsync(await site.LookAsync(check.Database, cancel), cancel);
        return Measurement.OfDifferences(
            $"{backup.Count} tables, {backup.Values.Sum():N0} rows, {age.TotalHours:0.#} h old", Differences(database, backup, check.DriftPercent));
    }

    private static async Task<Dictionary<string, long>> CountAsync(Look open, CancellationToken cancel)
    {
        await using var look = open;
        var tables = await look.QueryAsync<string>(
            """
            select c.oid::regclass::text
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname not in ('orchestrator', 'information_schema') and n.nspname not like 'pg\_%'
            order by 1
            """,
            new { },
            cancel);
        var counts = new Dictionary<string, long>();
        foreach (var table in tables)
        {
            counts[table] = (long)(await look.ScalarAsync($"select count(*) from {table}", cancel))!;
        }

        return counts;
    }

    private static IReadOnlyList<string> Arguments(string dump, bool isSql, string scratch) => isSql
        ? ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file", dump]
        : ["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", new NpgsqlConnectionStringBuilder(scratch).Database!, dump];

    private static string? Newest(string? path)
    {
        if (string.IsNullOrEmpty(path) || File.Exists(path))
        {
            return string.IsNullOrEmpty(path) ? null : path;
        }

        return Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles().MaxBy(f => f.LastWriteTimeUtc)?.FullName : null;
    }

    private static bool IsSql(string dump)
    {
        using var file = File.OpenRead(dump);
        var start = new byte[ArchiveMark.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(ArchiveMark);
    }
}
