using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Tests.Lint;

public sealed class TypeChangeTests(ExampleDatabase database) : IClassFixture<ExampleDatabase>
{
    private static readonly string[] Types =
    [
        "smallint", "integer", "bigint", "oid", "numeric", "numeric(10)", "numeric(10, 2)", "numeric(12, 2)", "numeric(12, 4)", "real", "double precision",
        "text", "varchar", "varchar(10)", "varchar(20)", "char(10)", "char(20)", "bit varying", "bit varying(5)", "bit varying(9)", "bit(5)",
        "timestamp", "timestamp(3)", "timestamp(6)", "timestamptz", "timestamptz(3)", "time", "time(2)", "interval", "interval(3)", "date",
        "inet", "cidr", "json", "jsonb", "uuid", "boolean", "text[]", "varchar(10)[]", "varchar(20)[]",
    ];

    private const string OnChange =
        """
        create function pg_temp.on_change(old text, next text) returns text language plpgsql as $$
        declare
          before oid;
          keeps boolean;
        begin
          execute format('create temp table changed (c %s)', old);
          select relfilenode into before from pg_class where oid = 'pg_temp.changed'::regclass;
          execute format('alter table changed alter column c type %s', next);
          select relfilenode = before into keeps from pg_class where oid = 'pg_temp.changed'::regclass;
          drop table changed;
          return case when keeps then 'kept' else 'rewritten' end;
        exception when datatype_mismatch then
          return 'impossible';
        end $$
        """;

    [Fact]
    public async Task What_is_said_to_keep_the_rows_keeps_their_file()
    {
        await using var session = await database.OpenAsync();
        await session.ExecuteAsync("set timezone = 'Asia/Makassar'");
        await session.ExecuteAsync(OnChange);
        var wrong = new List<string>();
        foreach (var old in Types)
        {
            var kept = (string[])(await session.ScalarAsync($"select array_agg(pg_temp.on_change('{old}', type) order by n) from unnest(array['{string.Join("', '", Types)}']) with ordinality as t (type, n)"))!;
            wrong.AddRange(
                from next in Types.Zip(kept)
                where next.Second != "impossible" && (next.Second == "kept") != TypeChange.KeepsRows(Type(old), Type(next.First))
                select $"{old} to {next.First}: {next.Second}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task No_function_that_is_taken_for_stable_is_volatile()
    {
        await using var session = await database.OpenAsync();

        var volatiles = await session.ScalarAsync($"""
            select string_agg(distinct proname, ', ') from pg_proc
            where provolatile = 'v' and pronamespace = 'pg_catalog'::regnamespace and proname = any ('{'{'}{string.Join(',', Volatility.KnownStable)}{'}'}')
            """);

        Assert.Null(volatiles);
    }

    private static SqlType Type(string type) => TypeReader.Read(new Cursor(SqlSource.Read(type), [.. SqlScanner.Scan(type).Where(token => token.IsCode)]))!;
}
