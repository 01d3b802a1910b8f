using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Copy;

internal sealed record CopyColumn
{
    public required long Table { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public bool Generated { get; init; }

    public bool NotNull { get; init; }

    public bool HasDefault { get; init; }

    /// <summary>Its binary form names types by numbers that differ between databases.</summary>
    public bool OnlyAsText { get; init; }

    public int KeyPlace { get; init; }
}

internal sealed record CopyTable
{
    public required long Id { get; init; }

    public required string Schema { get; init; }

    public required string Name { get; init; }

    public long Rows { get; init; }

    public long Bytes { get; init; }

    public bool Partitioned { get; init; }

    public IReadOnlyList<CopyColumn> Columns { get; init; } = [];

    public string FullName => $"{Schema}.{Name}";

    public SqlIdentifier Identifier => SqlIdentifier.Of(new SqlName(Schema, Name));

    public IReadOnlyList<string> Key => [.. Columns.Where(c => c.KeyPlace > 0).OrderBy(c => c.KeyPlace).Select(c => c.Name)];
}

/// <summary>What the catalog of one database says of the tables that a copy is about.</summary>
internal sealed class CopyCatalog(NpgsqlConnection connection)
{
    private const string DefaultSchema = "public";

    public async Task<IReadOnlyList<CopyTable>> ReadAsync(CopyStep step, CancellationToken cancel)
    {
        var (schemas, names) = Split(step.Tables);
        var (exceptSchemas, exceptNames) = Split(step.Except ?? []);
        var tables = (await connection.QueryAsync<CopyTable>(new CommandDefinition(
            """
            select c.oid::bigint as id, n.nspname as schema, c.relname as name, c.relkind = 'p' as partitioned,
              greatest(size.rows, 0)::bigint as rows, coalesce(size.bytes, 0)::bigint as bytes
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            cross join lateral (
              -- A table without partitions is not in its own partition tree.
              select sum(l.reltuples) as rows, sum(pg_relation_size(l.oid)) as bytes
              from pg_class l
              where l.relkind = 'r' and (l.oid = c.oid or l.oid in (select relid from pg_partition_tree(c.oid)))) as size
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
              and (n.nspname = any(@Schemas) or n.nspname || '.' || c.relname = any(@Names))
              and not (n.nspname = any(@ExceptSchemas) or n.nspname || '.' || c.relname = any(@ExceptNames))
            order by n.nspname, c.relname
            """,
            new { Schemas = schemas, Names = names, ExceptSchemas = exceptSchemas, ExceptNames = exceptNames },
            cancellationToken: cancel))).ToList();
        if (names.Except(tables.Select(t => t.FullName)).ToList() is { Count: > 0 } missing)
        {
            throw new RefusalException($"The database has no table {string.Join(", ", missing)}.");
        }

        var columns = await ColumnsAsync(tables, cancel);
        return [.. tables.Select(t => t with { Columns = [.. columns[t.Id]] })];
    }

    public async Task<IReadOnlyList<ForeignKey>> ForeignKeysAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancel)
    {
        var byId = tables.ToDictionary(t => t.Id, t => t.FullName);
        var keys = await connection.QueryAsync<(string Name, long From, long To, string[] Nullable)>(new CommandDefinition(
            """
            select k.conname::text, k.conrelid::bigint, k.confrelid::bigint,
              -- One null is enough to put a key off, unless it is MATCH FULL.
              case when k.confmatchtype <> 'f' or bool_and(not a.attnotnull)
                then coalesce(array_agg(a.attname::text) filter (where not a.attnotnull), '{}')
                else '{}'
              end
            from pg_constraint k
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
            where k.contype = 'f' and k.conparentid = 0 and k.conrelid::bigint = any(@Ids) and k.confrelid::bigint = any(@Ids)
            group by k.oid, k.conname, k.conrelid, k.confrelid, k.confmatchtype
            order by k.conname
            """,
            new { Ids = byId.Keys.ToArray() },
            cancellationToken: cancel));
        return [.. keys.Select(k => new ForeignKey(k.Name, byId[k.From], byId[k.To], k.Nullable))];
    }

    /// <summary>Of some tables, those that belong to somebody else: nothing can be taken away from them.</summary>
    public async Task<IReadOnlyList<string>> NotOwnedAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancel) =>
        (await connection.QueryAsync<string>(new CommandDefinition(
            "select c.oid::regclass::text from pg_class c where c.oid::bigint = any(@Ids) and not pg_has_role(c.relowner, 'usage') order by 1",
            new { Ids = tables.Select(t => t.Id).ToArray() },
            cancellationToken: cancel))).AsList();

    private async Task<ILookup<long, CopyColumn>> ColumnsAsync(List<CopyTable> tables, CancellationToken cancel) =>
        (await connection.QueryAsync<CopyColumn>(new CommandDefinition(
            """
            select a.attrelid::bigint as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
              a.attgenerated <> '' as generated, a.attnotnull as notnull, a.atthasdef or a.attidentity <> '' as hasdefault,
              -- Arrays and composites carry the numbers of their parts' types; those that PostgreSQL brings along are the same everywhere.
              (t.typtype = 'c' and t.oid >= 16384) or (t.typcategory = 'A' and t.typelem >= 16384) as onlyastext,
              coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 as keyplace
            from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
            where a.attrelid::bigint = any(@Ids) and a.attnum > 0 and not a.attisdropped
            order by a.attrelid, a.attnum
            """,
            new { Ids = tables.Select(t => t.Id).ToArray() },
            cancellationToken: cancel))).ToLookup(c => c.Table);

    private static (string[] Schemas, string[] Names) Split(IReadOnlyList<string> patterns)
    {
        var schemas = patterns.Where(p => p.EndsWith(".*", StringComparison.Ordinal)).Select(p => SqlName.TryParse(p[..^2])!.Name);
        var names = patterns.Where(p => !p.EndsWith(".*", StringComparison.Ordinal)).Select(Full);
        return ([.. schemas], [.. names]);
    }

    public static string Full(string table) => SqlName.TryParse(table) is var name ? $"{name!.Schema ?? DefaultSchema}.{name.Name}" : table;
}
