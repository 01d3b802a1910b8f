using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Compare;

/// <param name="Hashable">Its hash is that of the value, and not of a number that the value has in one database.</param>
internal sealed record ComparedColumn(string Name, string Type, bool Hashable, bool Nullable, int KeyPlace)
{
    // Others may sort differently from server to server, as texts do by their collations.
    private static readonly HashSet<string> SortedAlikeEverywhere =
        ["smallint", "integer", "bigint", "uuid", "date", "timestamp without time zone", "timestamp with time zone", "bytea"];

    public bool IsSortedAlike => SortedAlikeEverywhere.Contains(Type);

    public bool IsNumber => Type is "smallint" or "integer" or "bigint";
}

/// <summary>One side of a comparison as the plan names it: a table, or what a query returns.</summary>
internal sealed record ComparedSide(string Name, string FromSql, string? Where, IReadOnlyList<ComparedColumn> Columns)
{
    // The types whose hash functions work on the value; of an enum, for one, it is its number in this database that is hashed, and of jsonb what
    // is in it: {}, [] and null look the same.
    private const string HashableTypesSql = "'{int2,int4,int8,text,varchar,bpchar,bool,numeric,float4,float8,date,time,timestamp,timestamptz,interval,uuid,bytea,inet,cidr}'::regtype[]";

    public static async Task<ComparedSide> OfTableAsync(Look look, string name, string? where, CancellationToken cancel)
    {
        var table = Names.Table(name);
        var columns = await look.QueryAsync<ComparedColumn>(
            $"""
            select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.atttypid = any({HashableTypesSql}) as hashable,
              not a.attnotnull as nullable, coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 as keyplace
            from pg_attribute a
            left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
            where a.attrelid = to_regclass(@Table) and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """,
            new { Table = table.ToString() },
            cancel);
        return new ComparedSide(name, table.ToString(), where, [.. columns]);
    }

    public static async Task<ComparedSide> OfQueryAsync(Look look, SqlScript query, IReadOnlyList<string> key, string? where, CancellationToken cancel)
    {
        // On lines of its own: a query may end in a comment.
        var fromSql = $"(\n{SqlStatements.Split(query.Text)[0].Text}\n) as queried";
        var columns = await look.DescribeAsync($"select * from {fromSql}", cancel);
        var hashable = (await look.QueryAsync<long>($"select unnest({HashableTypesSql})::oid::bigint", new { }, cancel)).ToHashSet();
        return new ComparedSide(
            query.Path,
            fromSql,
            where,
            [.. columns.Select(c => new ComparedColumn(c.Name, c.Type, hashable.Contains(c.TypeId), Nullable: true, key.ToList().IndexOf(c.Name) + 1))]);
    }
}
