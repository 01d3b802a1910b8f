using Orchestrator.Activities;
using Orchestrator.Activities.Backfill;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

public sealed class ChangingValuesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public void Calls_are_read_off_a_plan_and_quoted_values_are_no_calls() => Assert.Equal(
        ["random", "own.made", "numeric", "Odd Name"],
        ChangingValues.CallsIn("""Output: id, (random() * '2'::numeric(3,1)), own.made(1), "Odd Name"(id) Filter: (name = 'it''s now()') AND (id <= 3)""")
            .OrderBy(c => Array.IndexOf(["random", "own.made", "numeric", "Odd Name"], c)));

    [Theory]
    [InlineData(WriteMode.Upsert, "random() * id", "random() is volatile")]
    [InlineData(WriteMode.Update, "fickle(id)", "fickle() is volatile")]
    public async Task What_would_change_the_same_rows_in_every_run_is_refused(WriteMode mode, string value, string sentence)
    {
        await using var site = await PrepareAsync(mode, value);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("fill"));

        Assert.Contains(sentence, refusal.Message);
        Assert.Equal("1 x", await site.ScalarAsync<string>("select string_agg(id || ' ' || coalesce(value, '-'), ' ') from target"));
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from orchestrator.ranges where plan = '{site.Plan.Name}'"));
    }

    [Theory]
    [InlineData(WriteMode.Upsert, "now()", "; other values in every run: now()")]
    [InlineData(WriteMode.Upsert, "current_date", "; other values in every run: CURRENT_DATE")]
    [InlineData(WriteMode.PreserveExisting, "gen_random_uuid()", "; other values in every run: gen_random_uuid()")]
    [InlineData(WriteMode.Upsert, "upper('random()') || calm(id)", "left alone")]
    public async Task What_may_differ_from_run_to_run_is_stated(WriteMode mode, string value, string note)
    {
        await using var site = await PrepareAsync(mode, value);

        Assert.EndsWith(note, (await site.DoAsync("fill")).Note);
    }

    private async Task<Worksite> PrepareAsync(WriteMode mode, string value)
    {
        var into = new RowMapping { Table = "target", Mode = mode, Key = ["id"], Columns = [new("id", "id"), new("value", $"({value})::text")] };
        var step = Some.Backfill("fill", "", "truncate target") with { Chunk = null, Into = into };
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync(
            """
            drop table if exists source, target;
            create table source (id int primary key);
            insert into source values (1), (2), (3);
            create table target (id int primary key, value text);
            insert into target values (1, 'x');
            create or replace function fickle(int) returns text language plpgsql as 'begin return $1; end';
            create or replace function calm(int) returns text language plpgsql stable as 'begin return $1; end';
            """);
        return site;
    }
}
