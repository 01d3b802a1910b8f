using Dapper;
using Npgsql;
using Orchestrator.Activities.Compare;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Comparing;

public sealed class RowHashTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] Types =
    [
        "numeric", "numeric(12,2)", "real", "double precision", "smallint", "integer", "bigint", "boolean", "uuid", "timestamp(3) without time zone", "timestamp with time zone",
        "character(5)", "character varying(9)", "text", "date", "jsonb", "bytea", "inet",
    ];

    public static TheoryData<string> EachType => [.. Types];

    [Theory]
    [MemberData(nameof(EachType))]
    public async Task Two_rows_that_swapped_a_value_have_another_sum(string type)
    {
        var (one, other) = type switch
        {
            "boolean" => ("false", "true"),
            "uuid" => ("1c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b", "00000000-0000-0000-0000-000000000000"),
            "inet" => ("10.0.0.1", "10.0.0.2"),
            "jsonb" => ("{}", "[1]"),
            "bytea" => ("\\x00", "\\x01"),
            _ when type.StartsWith("timestamp", StringComparison.Ordinal) || type == "date" => ("infinity", "2026-01-01"),
            _ => ("0", "1"),
        };
        var hashSql = RowHash.Sql([new("a", "date", true, true, 0), new("b", type, type != "jsonb", true, 0)]);
        // One swap of two would look the same by chance where the hashes were only added up: twenty do not.
        var sql = $"""
            select count(*) from generate_series(1, 20) n where (
              select sum({hashSql}) from (values (date '2026-01-01' + n, '{one}'::{type}), (date '2026-06-01' + n, '{other}')) r (a, b)) = (
              select sum({hashSql}) from (values (date '2026-01-01' + n, '{other}'::{type}), (date '2026-06-01' + n, '{one}')) r (a, b))
            """;

        Assert.Equal(0L, await ScalarAsync(sql));
    }

    [Theory]
    [MemberData(nameof(EachType))]
    public async Task A_null_is_like_no_value(string type)
    {
        var values = type switch
        {
            "numeric" or "real" or "double precision" => "null, '0', '1', 'NaN', 'Infinity', '-Infinity'",
            "numeric(12,2)" => "null, '0', '1', 'NaN'",
            "boolean" => "null, 'false', 'true'",
            "uuid" => "null, '00000000-0000-0000-0000-000000000000'",
            "inet" => "null, '10.0.0.1'",
            "jsonb" => "null, 'null', '{}', '[]', '[[]]'",
            "bytea" or "text" or "character(5)" or "character varying(9)" => "null, '', 'x'",
            _ when type.StartsWith("timestamp", StringComparison.Ordinal) || type == "date" => "null, 'epoch', 'infinity', '-infinity'",
            _ => "null, '0', '1'",
        };
        var hashSql = RowHash.Sql([new("a", type, type != "jsonb", true, 0), new("b", "integer", true, false, 0)]);

        var distinctSql = $"select count(*) = count(distinct {hashSql}) from (select a::{type} as a, 1 as b from unnest(array[{values}]::text[]) a) r";
        Assert.Equal(true, await ScalarAsync(distinctSql));
    }

    [Fact]
    public async Task Sixty_nulls_are_told_apart_and_values_that_are_equal_hash_alike()
    {
        var columns = Enumerable.Range(1, 60).Select(n => new ComparedColumn($"c{n}", "integer", true, true, 0)).ToList();
        var hashSql = RowHash.Sql(columns);
        var valuesSql = string.Join(", ", columns.Select((c, i) => $"nullif(n, {i + 1}) as {c.Name}"));

        Assert.Equal(61L, await ScalarAsync($"select count(distinct {hashSql}) from (select {valuesSql} from generate_series(1, 61) n) r"));
        var numberSql = RowHash.Sql([new("a", "numeric", true, true, 0)]);
        Assert.Equal(1L, await ScalarAsync($"select count(distinct {numberSql}) from (values (1.5), (1.500)) r (a)"));
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        return await connection.ExecuteScalarAsync(sql);
    }
}
