using Orchestrator.Activities;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

public sealed class PoisonTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Bad_rows_are_set_aside_with_what_is_wrong_and_the_rest_goes_on()
    {
        await using var site = await PrepareAsync(poisonRows: 5);

        var effect = await site.DoAsync("fill");

        Assert.Equal(997, effect.Rows);
        Assert.Contains("3 set aside in quarantine", effect.Note);
        Assert.Equal(997, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal(
            "{100}: 22P02, {101}: 22P02, {777}: 22P02",
            await site.ScalarAsync<string>($"select string_agg(key::text || ': ' || sql_state, ', ' order by key[1]::int) from orchestrator.quarantine where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task Rows_that_were_mended_go_through_when_the_step_is_run_again()
    {
        await using var site = await PrepareAsync(poisonRows: 5);
        await site.DoAsync("fill");
        await site.ExecuteAsync("update source set amount = '7' where id in (100, 777)");

        var again = await site.DoAsync("fill");
        var third = await site.DoAsync("fill");

        Assert.Equal((Effect.Changed, 2), (again.Effect, again.Rows));
        Assert.Equal((Effect.Nothing, 0), (third.Effect, third.Rows));
        Assert.Equal(999, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal("held 1, released 2", await site.ScalarAsync<string>(
            $"select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) n from orchestrator.quarantine where plan = '{site.Plan.Name}' group by state) q"));
    }

    [Fact]
    public async Task More_bad_rows_than_the_limit_fail_the_step_and_name_the_next_one()
    {
        await using var site = await PrepareAsync(poisonRows: 2);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("fill"));

        Assert.Contains("the row with the key 777 cannot be written: invalid input syntax for type integer", refusal.Message);
        Assert.Contains("2 were set aside before it", refusal.Message);
        Assert.Equal("doing", await site.ScalarAsync<string>($"select state from orchestrator.steps where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task Without_a_limit_the_first_bad_row_is_named_and_everything_before_it_is_there()
    {
        await using var site = await PrepareAsync(poisonRows: null);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("fill"));

        Assert.Contains("the row with the key 100 cannot be written", refusal.Message);
        Assert.Contains("The step allows none to be set aside", refusal.Message);
        Assert.Equal(99, await site.ScalarAsync<long>("select max(id) from target"));
    }

    [Fact]
    public async Task A_row_that_breaks_a_foreign_key_or_a_check_is_set_aside_too()
    {
        var step = Some.Backfill("fill", "insert into target (id, amount) select id, id from source where {range}", "truncate target") with { PoisonRows = 5 };
        await using var site = await PrepareAsync(step, "amount int check (amount <> 50), parent int generated always as (case when id = 60 then 1 end) stored references parents (id)");

        var effect = await site.DoAsync("fill");

        Assert.Equal(998, effect.Rows);
        Assert.Equal("23514 23503", await site.ScalarAsync<string>(
            $"select string_agg(sql_state, ' ' order by key[1]::int) from orchestrator.quarantine where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task A_chunk_that_takes_too_long_is_split_until_it_fits()
    {
        // A hundred rows would take two seconds, and the limit is one.
        var step = Some.Backfill("fill", "insert into target (id) select id from source where {range} and id <= 200 and pg_sleep(0.02) is not null", "truncate target", 100)
            with
        { Pace = new TransferPace { ChunkTime = TimeSpan.FromMilliseconds(50) } };
        await using var site = await PrepareAsync(step, "amount int");

        var effect = await site.DoAsync("fill");

        Assert.Equal(200, effect.Rows);
        Assert.InRange(await site.ScalarAsync<long>($"select max(walked) from orchestrator.chunks where plan = '{site.Plan.Name}' and rows > 0"), 1, 50);
    }

    private Task<Worksite> PrepareAsync(int? poisonRows) => PrepareAsync(
        Some.Backfill("fill", "insert into target select id, amount::int from source where {range}", "truncate target", 300) with { PoisonRows = poisonRows },
        "amount int");

    private async Task<Worksite> PrepareAsync(BackfillStep step, string targetColumns)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync(
            $"""
            drop table if exists source, target, parents;
            create table parents (id int primary key);
            create table source (id int primary key, amount text);
            insert into source select n, case when n in (100, 101, 777) then 'much' else n::text end from generate_series(1, 1000) as n;
            create table target (id int primary key, {targetColumns});
            """);
        return site;
    }
}
