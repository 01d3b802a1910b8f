using Dapper;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Compare;

/// <summary>How rows are turned into one number each.</summary>
internal enum HashForm
{
    /// <summary>By PostgreSQL's own hash functions: fast, and the same only within one major version.</summary>
    Native,

    /// <summary>By MD5 of the row's text: slower, and the same everywhere.</summary>
    Text,
}

internal sealed record ComparedColumn(string Name, string Type, bool Hashable, int KeyPlace);

/// <summary>One side of a comparison: asks its server to hash and to sum up, and fetches rows only where the sums differ.</summary>
internal sealed class HashedRows(Look look, SqlIdentifier table, string whereSql)
{
    // 1,024 buckets: few enough to be sent at once, enough that one differing row costs a thousandth of the table to find.
    private const string BucketSql = "(h & 1023)::int";

    public static Task<IEnumerable<ComparedColumn>> ColumnsAsync(Look look, SqlIdentifier table, CancellationToken cancel) => look.QueryAsync<ComparedColumn>(
        """
        select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
          -- The types whose hash is that of the value; an enum's, for one, is that of its number in this database.
          a.atttypid = any('{int2,int4,int8,text,varchar,bpchar,bool,numeric,float4,float8,date,time,timestamp,timestamptz,interval,uuid,bytea,jsonb,inet,cidr}'::regtype[]) as hashable,
          coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 as keyplace
        from pg_attribute a
        left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
        where a.attrelid = to_regclass(@Table) and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        """,
        new { Table = table.ToString() },
        cancel);

    /// <summary>Values are written the same way on both sides, whatever the sessions' defaults are.</summary>
    public Task PrepareAsync(CancellationToken cancel) => look.ExecuteAsync(
        "select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true)",
        cancel);

    public async Task<IReadOnlyList<BucketSum>> SumsAsync(string hashSql, CancellationToken cancel)
    {
        return (await look.QueryAsync<BucketSum>(
            $"select {BucketSql} as bucket, count(*) as count, sum(h) as sum, bit_xor(h) as xor from (select {hashSql} as h from {table}{whereSql}) r group by 1",
            new { },
            cancel)).AsList();
    }

    public async Task<Dictionary<string, long>> HashesAsync(string keySql, string hashSql, IReadOnlyList<int> buckets, int most, CancellationToken cancel)
    {
        var mostSql = most.ToString();
        var rows = await look.QueryAsync<KeyedHash>(
            $"select key, h as hash from (select {keySql} as key, {hashSql} as h from {table}{whereSql}) r where {BucketSql} = any(@Wanted) limit {mostSql}",
            new { Wanted = buckets.ToArray() },
            cancel);
        return rows.ToDictionary(r => r.Key, r => r.Hash);
    }

    /// <summary>The rows of some keys, as JSON objects of texts.</summary>
    public async Task<Dictionary<string, string>> RowsAsync(string keySql, string rowSql, IReadOnlyList<string> keys, CancellationToken cancel)
    {
        var rows = await look.QueryAsync<KeyedRow>(
            $"select key, body from (select {keySql} as key, {rowSql} as body from {table}{whereSql}) r where key = any(@Keys)",
            new { Keys = keys.ToArray() },
            cancel);
        return rows.ToDictionary(r => r.Key, r => r.Body);
    }

    /// <summary>Null is a value like any other, and no two rows are alike because a value moved to the next column.</summary>
    public static string HashSql(IReadOnlyList<ComparedColumn> columns, HashForm form)
    {
        if (form == HashForm.Native)
        {
            var valuesSql = string.Join(", ", columns.Select(c => c.Hashable ? Quoted(c) : $"{Quoted(c)}::text"));
            return $"hash_record_extended(row({valuesSql}), 0)";
        }

        var textsSql = string.Join(", ", columns.Select(c => $"{Quoted(c)}::text"));
        return $"('x' || left(md5(row({textsSql})::text), 16))::bit(64)::bigint";
    }

    public static string KeySql(IReadOnlyList<ComparedColumn> key) => $"jsonb_build_array({string.Join(", ", key.Select(k => $"{Quoted(k)}::text"))})::text";

    public static string RowSql(IReadOnlyList<ComparedColumn> columns) =>
        $"jsonb_object(array[{string.Join(", ", columns.Select(c => $"{SqlIdentifier.Literal(c.Name)}, {Quoted(c)}::text"))}]::text[])::text";

    private static string Quoted(ComparedColumn column) => SqlIdentifier.Of(column.Name).ToString();

    private sealed record KeyedHash(string Key, long Hash);

    private sealed record KeyedRow(string Key, string Body);
}
