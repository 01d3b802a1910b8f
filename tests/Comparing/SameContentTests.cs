using System.Globalization;
using System.Text.Json;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Compare;
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

    [Fact]
    public async Task An_empty_document_is_not_a_missing_one()
    {
        var result = await MeasureAsync("alter table {0}_a alter column doc type jsonb; update {0}_a set doc = '{{}}'; alter table {0}_b alter column doc type jsonb; update {0}_b set doc = case when id = 9 then '[]' else '{{}}'::jsonb end");

        Assert.Equal("1 of 1,000 rows differ", result.Measured);
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

    [Fact]
    public async Task A_sample_is_the_same_keys_on_both_sides_each_time_and_says_what_it_misses()
    {
        var half = await MeasureAsync("select 1", check => check with { Sample = new RowSample(50, 7) });
        var changed = await MeasureAsync("update {0}_b set name = 'other' where id % 50 = 0", check => check with { Sample = new RowSample(50, 7) });
        var again = await MeasureAsync("update {0}_b set name = 'other' where id % 50 = 0", check => check with { Sample = new RowSample(50, 7) });
        var other = await MeasureAsync("select 1", check => check with { Sample = new RowSample(50, 8) });

        var rows = int.Parse(half.Measured!.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(rows, 400, 600);
        Assert.Equal($"{rows} rows of a sample of 50 % (seed 7) alike", half.Measured);
        Assert.Contains("one row that differs is missed with a probability of 50 %", half.Explanation);
        Assert.EndsWith($" of {rows} rows of a sample of 50 % (seed 7) differ", changed.Measured);
        Assert.InRange(changed.Exceptions.Count, 1, 19);
        Assert.Equal(changed.Exceptions, again.Exceptions);
        Assert.NotEqual(half.Measured.Split(' ')[0], other.Measured!.Split(' ')[0]);
    }

    [Theory]
    [InlineData("select id, part, amount * 2 as twice from {0}_a", "select id, part, amount + amount as twice from {0}_b -- the same", "1,000 rows alike", "")]
    [InlineData("select id, part, amount as twice from {0}_a", "select id, part, case id when 70 then 0 else amount end as twice from {0}_b;", "1 of 1,000 rows differ", "[\"70\", \"x\"] differs in twice")]
    [InlineData("select id, part from {0}_a", "select id, part from {0}_b union all select 7, 'x'", null, "The key [\"7\", \"x\"] occurs more than once")]
    [InlineData("select id, part from {0}_a", "select id from {0}_b", "not comparable", "part is not in (inline)")]
    public async Task Queries_are_compared_like_tables(string here, string there, string? measured, string difference)
    {
        var result = await MeasureAsync("select 1", check => check with
        {
            Table = "",
            Query = new SqlScript(SqlScript.Inline, string.Format(here, _name)),
            Key = ["id", "part"],
            Other = new RowSet { Database = "db", Table = "", Query = new SqlScript(SqlScript.Inline, string.Format(there, _name)) },
        });

        Assert.Equal(measured, result.Measured);
        Assert.Contains(difference, result.Explanation ?? "");
    }

    [Fact]
    public async Task Rows_that_swapped_a_value_are_not_alike_even_where_no_key_tells_them_apart()
    {
        var result = await MeasureAsync(
            """
            alter table {0}_a drop constraint {0}_a_pkey;
            alter table {0}_b drop constraint {0}_b_pkey;
            update {0}_b as held set name = other.name from {0}_a as other where held.id in (70, 71) and other.id = 141 - held.id
            """);

        Assert.Equal((Verdict.Fail, "1,000 rows here, 1,000 there, not alike"), (result.Verdict, result.Measured));
    }

    [Fact]
    public async Task Differences_are_found_in_every_part_and_beyond_the_last_key()
    {
        await using var site = await PrepareAsync("delete from {0}_b where id = 1; update {0}_b set name = 'other' where id in (450, 999); insert into {0}_b (id, part) values (2000, 'x')", numbersOnly: true);

        var result = await new SameContent(SiteOf(site) with { ComparedRows = 100 }).MeasureAsync(Check(), default);

        Assert.Equal("4 of 1,000 rows differ", result.Measured);
        Assert.Equal(4, result.Exceptions.Count);
        Assert.Contains("[\"2000\"] is only there", result.Exceptions);
    }

    [Fact]
    public async Task Who_goes_on_after_a_kill_begins_with_the_first_part_that_is_not_finished()
    {
        await using var site = await PrepareAsync("update {0}_b set name = 'other' where id = 990", numbersOnly: true);
        IReadOnlyDictionary<string, ComparedSoFar> left = new Dictionary<string, ComparedSoFar>();
        var dying = new CompareJournal(left, soFar =>
        {
            left = soFar;
            if (soFar.Values.Single().Done == 3)
            {
                throw new OperationCanceledException("killed");
            }
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => new SameContent(SiteOf(site) with { ComparedRows = 100, Journal = dying }).MeasureAsync(Check(), default));
        // In a part that is finished: who looked at it again would see it.
        await site.ExecuteAsync($"update {_name}_b set name = 'other' where id = 1");
        var carried = JsonSerializer.Deserialize<Dictionary<string, ComparedSoFar>>(JsonSerializer.Serialize(left))!;

        var result = await new SameContent(SiteOf(site) with { ComparedRows = 100, Journal = new CompareJournal(carried, _ => { }) }).MeasureAsync(Check(), default);

        Assert.Equal("1 of 1,000 rows differ, seen at 2 moments, because whoever compared them was stopped", result.Measured);
        Assert.Equal(["[\"990\"] differs in name"], result.Exceptions);
    }

    private static CheckSite SiteOf(Worksite site) => new(site.Plan, site.Run, site.Databases, TimeProvider.System);

    private SameContentCheck Check() => new()
    {
        Head = new("same", "same", "db", Severity.Gate),
        Table = $"{_name}_a",
        Other = new RowSet { Database = "db", Table = $"{_name}_b" },
    };

    private async Task<Measurement> MeasureAsync(string change, Func<SameContentCheck, SameContentCheck>? also = null)
    {
        await using var site = await PrepareAsync(change);
        return await new CheckRunner(SiteOf(site)).MeasureAsync(also?.Invoke(Check()) ?? Check(), default);
    }

    private async Task<Worksite> PrepareAsync(string change, bool numbersOnly = false)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan() with { Name = $"plan-{Guid.NewGuid():N}" });
        var keySql = numbersOnly ? "id" : "id, part";
        await site.ExecuteAsync(
            $$"""
            drop table if exists {{_name}}_a, {{_name}}_b;
            create table {{_name}}_a (id int, part char(1), name text, amount numeric, at timestamptz, doc json, tags text[], primary key ({{keySql}}));
            insert into {{_name}}_a select n, 'x', nullif('n' || n, 'n5'), n / 10.0, timestamptz '2026-01-01' + n * interval '1 hour', json_build_object('n', n), array['t', null, n::text] from generate_series(1, 1000) n;
            create table {{_name}}_b (like {{_name}}_a including all);
            insert into {{_name}}_b select * from {{_name}}_a order by id desc;
            """);
        await site.ExecuteAsync(string.Format(change, _name));
        return site;
    }
}
