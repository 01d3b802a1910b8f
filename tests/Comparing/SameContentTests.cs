using Orchestrator.Activities.Checks;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Comparing;

public sealed class SameContentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Theory]
    [InlineData("select 1", "1,000 rows alike", "")]
    [InlineData("update {0}_b set name = 'other' where id = 7", "1 of 1,000 rows differ", "[\"7\", \"x\"] differs in name")]
    [InlineData("delete from {0}_b where id = 7", "1 of 1,000 rows differ", "[\"7\", \"x\"] is only here")]
    [InlineData("insert into {0}_b values (5000, 'x')", "1 of 1,000 rows differ", "[\"5000\", \"x\"] is only there")]
    [InlineData("update {0}_b set name = null, amount = 3 where id = 10", "1 of 1,000 rows differ", "[\"10\", \"x\"] differs in name, amount")]
    [InlineData("update {0}_b set doc = '{{\"a\": 1}}', tags = '{{z}}' where id in (10, 20)", "2 of 1,000 rows differ", "[\"20\", \"x\"] differs in doc, tags")]
    [InlineData("update {0}_b set amount = 1.500 where id = 15", "1,000 rows alike", "")]
    public async Task What_differs_is_found_and_named(string change, string measured, string difference)
    {
        var result = await MeasureAsync(change);

        Assert.Equal(measured, result.Measured);
        Assert.Contains(difference, result.Explanation ?? "");
        Assert.Equal(difference.Length == 0 ? Verdict.Pass : Verdict.Fail, result.Verdict);
    }

    [Theory]
    [InlineData("alter table {0}_b alter column amount type numeric(30, 5)", "not comparable|1,000 rows alike|1,000 of 1,000 rows differ|at least")]
    [InlineData("alter table {0}_b drop column tags", "not comparable")]
    [InlineData("alter table {0}_b add column extra int", "not comparable")]
    [InlineData("alter table {0}_b alter column id type bigint", "1,000 rows alike")]
    [InlineData("drop table {0}_b", "not comparable")]
    public async Task Tables_of_other_shapes_are_compared_as_text_or_not_at_all(string change, string measured) =>
        Assert.True(measured.Split('|').Any((await MeasureAsync(change)).Measured!.Contains), change);

    [Fact]
    public async Task Only_some_columns_and_some_rows_can_be_compared()
    {
        var result = await MeasureAsync("update {0}_b set doc = null; update {0}_b set name = 'x' where id > 900", check => check with { Columns = ["name"], Where = "id <= 900", Other = check.Other with { Where = "id <= 900" } });

        Assert.Equal((Verdict.Pass, "900 rows alike"), (result.Verdict, result.Measured));
    }

    private async Task<Measurement> MeasureAsync(string change, Func<SameContentCheck, SameContentCheck>? also = null)
    {
        var check = new SameContentCheck
        {
            Id = "same",
            Title = "same",
            Database = "db",
            Severity = Severity.Gate,
            Table = $"{_name}_a",
            Other = new RowSet { Database = "db", Table = $"{_name}_b" },
        };
        await using var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan() with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync(
            $$"""
            create table {{_name}}_a (id int, part char(1), name text, amount numeric, at timestamptz, doc json, tags text[], primary key (id, part));
            insert into {{_name}}_a select n, 'x', nullif('n' || n, 'n5'), n / 10.0, timestamptz '2026-01-01' + n * interval '1 hour', json_build_object('n', n), array['t', null, n::text] from generate_series(1, 1000) n;
            create table {{_name}}_b (like {{_name}}_a including all);
            insert into {{_name}}_b select * from {{_name}}_a order by id desc;
            """);
        await site.ExecuteAsync(string.Format(change, _name));
        return await new CheckRunner(new CheckSite(site.Plan, site.Run, site.Databases, TimeProvider.System)).MeasureAsync(also?.Invoke(check) ?? check, default);
    }
}
