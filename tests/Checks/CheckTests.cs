using Orchestrator.Activities.Checks;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Checks;

public sealed class CheckTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("select 5", Verdict.Pass, "5")]
    [InlineData("select 4.5::numeric;", Verdict.Fail, "4.5")]
    [InlineData("select 5::bigint -- with a comment", Verdict.Pass, "5")]
    [InlineData("select null::int", Verdict.Inconclusive, null)]
    [InlineData("select 1 where false", Verdict.Inconclusive, null)]
    [InlineData("select 'five'", Verdict.Inconclusive, null)]
    [InlineData("select now()", Verdict.Inconclusive, null)]
    [InlineData("select count(*) from nowhere", Verdict.Inconclusive, null)]
    [InlineData("select 1 / 0", Verdict.Inconclusive, null)]
    public async Task A_scalar_is_measured_and_judged(string query, Verdict verdict, string? measured)
    {
        var result = await MeasureAsync(Some.Check("check", query, "= 5"));

        Assert.Equal((verdict, measured), (result.Verdict, result.Measured));
        Assert.Equal(verdict == Verdict.Inconclusive, result.Explanation is not null);
    }

    [Fact]
    public async Task Rows_that_should_not_be_there_are_counted_and_shown()
    {
        var result = await MeasureAsync(Rows("select n as id, 'row ' || n as name from generate_series(1, 25) as n"));

        Assert.Equal((Verdict.Fail, "25"), (result.Verdict, result.Measured));
        Assert.StartsWith("25 rows, such as {\"id\":\"1\",\"name\":\"row 1\"} ", result.Explanation);
        Assert.Equal(10, result.Explanation!.Split("\"id\"").Length - 1);
    }

    [Fact]
    public async Task No_rows_pass() => Assert.Equal(
        (Verdict.Pass, "0", null), await MeasureAsync(Rows("select 1 where false")) is var result ? (result.Verdict, result.Measured, result.Explanation) : default);

    [Fact]
    public async Task A_check_cannot_write()
    {
        var result = await MeasureAsync(Some.Check("check", "with made as (delete from pg_description returning 1) select count(*) from made", "= 0"));

        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("read-only transaction", result.Explanation);
    }

    private static ZeroRowsCheck Rows(string query) => new()
    {
        Head = new("check", "Check", "db", Severity.Gate),
        Query = new SqlScript(SqlScript.Inline, query),
    };

    private async Task<Measurement> MeasureAsync(Check check)
    {
        await using var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan());
        return await new CheckRunner(new CheckSite(site.Plan, site.Run, site.Databases, TimeProvider.System)).MeasureAsync(check, default);
    }
}
