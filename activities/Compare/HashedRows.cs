using System.Text.Json;
using Dapper;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Compare;

/// <summary>How rows are turned into one number each.</summary>
internal enum HashForm
{
    /// <summary>By PostgreSQL's own hash functions: fast, and the same only within one major version.</summary>
    Native,

    /// <summary>By MD5 of the row's text: slower, and the same everywhere.</summary>
    Text,
}

/// <summary>One side of a comparison: asks its server to hash and to sum up, and fetches rows only where the sums differ.</summary>
internal sealed class HashedRows(Look look, string fromSql, string? conditionSql)
{
    // About a thousand buckets: few enough to be sent at once, enough that one differing row costs a thousandth of the table to find. Of
    // numbers the rest by a prime: it costs next to nothing, and no usual step between keys puts all of them into one bucket.
    private const int Buckets = 1_024;
    private const int NumberBuckets = 1_021;

    // Percents have two places.
    private const int SampleSteps = 10_000;

    private readonly string _whereSql = Names.Where(conditionSql);

    /// <summary>Values are written the same way on both sides, whatever the sessions' defaults are. Compiling such statements costs more than it saves.</summary>
    public Task PrepareAsync(CancellationToken cancel) => look.ExecuteAsync(
        "select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true), set_config('jit', 'off', true)",
        cancel);

    public async Task<IReadOnlyList<BucketSum>> SumsAsync(string bucketSql, string hashSql, CancellationToken cancel) =>
        (await look.QueryAsync<BucketSum>(
            // With nothing added to the rows, PostgreSQL expects as many buckets as rows, and sums up in one process instead of several.
            $"""
            select bucket, count(*) as count, sum(h) as sum
            from (
              select {bucketSql} as bucket, {hashSql} as h from {fromSql}{_whereSql}
              union all select null, null from {fromSql} where false) r
            group by bucket
            """,
            new { },
            cancel)).AsList();

    public async Task<Dictionary<string, long>> HashesAsync(string keySql, string bucketSql, string hashSql, IReadOnlyList<int> buckets, int most, CancellationToken cancel)
    {
        var mostSql = most.ToString();
        var rows = await look.QueryAsync<KeyedHash>(
            $"select key, hash from (select {bucketSql} as bucket, {keySql} as key, {hashSql} as hash from {fromSql}{_whereSql}) r where bucket = any(@Wanted) limit {mostSql}",
            new { Wanted = buckets.ToArray() },
            cancel);
        var byKey = new Dictionary<string, long>();
        foreach (var row in rows)
        {
            if (!byKey.TryAdd(row.Key, row.Hash))
            {
                throw new RefusalException($"The key {row.Key} occurs more than once: rows cannot be told apart by it.");
            }
        }

        return byKey;
    }

    /// <summary>The rows of some keys, as JSON objects of texts.</summary>
    public async Task<Dictionary<string, string>> RowsAsync(IReadOnlyList<ComparedColumn> key, string rowSql, IReadOnlyList<string> keys, CancellationToken cancel)
    {
        var keySql = KeySql(key);
        // By the columns themselves where that is possible: an index answers it.
        var wantedSql = KeysSql(key, keys) is { } tuplesSql ? $"{(_whereSql.Length == 0 ? "where" : "and")} {tuplesSql}" : "";
        var rows = await look.QueryAsync<KeyedRow>(
            $"select key, body from (select {keySql} as key, {rowSql} as body from {fromSql}{_whereSql} {wantedSql}) r where key = any(@Keys)",
            new { Keys = keys.ToArray() },
            cancel);
        return rows.ToDictionary(r => r.Key, r => r.Body);
    }

    /// <summary>Null is a value like any other, and no two rows are alike because a value moved to the next column.</summary>
    public static string HashSql(IReadOnlyList<ComparedColumn> columns, HashForm form)
    {
        if (form == HashForm.Native)
        {
            return RowHash.Sql(columns);
        }

        var textsSql = string.Join(", ", columns.Select(c => $"{Quoted(c)}::text"));
        return $"('x' || left(md5(row({textsSql})::text), 16))::bit(64)::bigint";
    }

    /// <summary>Where a row belongs by its key alone: a row that was changed is in the same bucket on both sides.</summary>
    public static string BucketSql(IReadOnlyList<ComparedColumn> key, IReadOnlyList<ComparedColumn> thereKey, HashForm form)
    {
        if (key.Count == 0)
        {
            return "0";
        }

        if (key.Count == 1 && key[0].IsNumber && thereKey[0].IsNumber)
        {
            // A query's key may be null.
            return $"coalesce(({Quoted(key[0])} % {NumberBuckets})::int, -1)";
        }

        return form == HashForm.Native
            ? $"(hash_record_extended({RowHash.RecordSql(key)}, 1) % {Buckets})::int"
            : $"('x' || left(md5({KeySql(key)}), 8))::bit(32)::int % {Buckets}";
    }

    /// <summary>True for the keys of the sample, and for the same keys on the other side.</summary>
    public static string SampleSql(IReadOnlyList<ComparedColumn> key, HashForm form, RowSample sample)
    {
        var hashSql = form == HashForm.Native
            ? $"hash_record_extended({RowHash.RecordSql(key)}, {sample.Seed}) & 2147483647"
            : $"('x' || left(md5('{sample.Seed} ' || {KeySql(key)}), 8))::bit(32)::bigint";
        var belowSql = $"{(int)(sample.Percent * SampleSteps / 100)}";
        return $"({hashSql}) % {SampleSteps} < {belowSql}";
    }

    public static string KeySql(IReadOnlyList<ComparedColumn> key) => $"jsonb_build_array({string.Join(", ", key.Select(k => $"{Quoted(k)}::text"))})::text";

    /// <summary>True for rows with one of these keys; null where a key has a null in it, which no comparison by values finds.</summary>
    private static string? KeysSql(IReadOnlyList<ComparedColumn> key, IReadOnlyList<string> keys)
    {
        var rows = keys.Select(k => JsonSerializer.Deserialize<string?[]>(k)!).ToList();
        if (rows.Exists(r => r.Contains(null)))
        {
            return null;
        }

        var tuplesSql = rows.Select(r => $"({string.Join(", ", r.Zip(key, (value, column) => $"{SqlIdentifier.Literal(value!)}::{column.Type}"))})");
        return $"({string.Join(", ", key.Select(Quoted))}) in ({string.Join(", ", tuplesSql)})";
    }

    public static string RowSql(IReadOnlyList<ComparedColumn> columns) =>
        $"jsonb_object(array[{string.Join(", ", columns.Select(c => $"{SqlIdentifier.Literal(c.Name)}, {Quoted(c)}::text"))}]::text[])::text";

    private static string Quoted(ComparedColumn column) => SqlIdentifier.Of(column.Name).ToString();

    private sealed record KeyedHash(string Key, long Hash);

    private sealed record KeyedRow(string Key, string Body);
}
