using Dapper;
using Orchestrator.Activities;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Activities;

public sealed class BackfillTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Progress_goes_forward_chunk_by_chunk()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 250);
        var seen = new List<BackfillProgress>();

        var effect = await BackfillActivities.RunAsync(await site.FindAsync("fill"), seen.Add, default);

        Assert.Equal(1000, effect.Rows);
        Assert.Equal([0, 250, 500, 750, 1000], seen.Select(p => p.Walked));
        Assert.Equal(4, await site.ScalarAsync<long>($"select count(*) from orchestrator.chunks where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task What_was_stopped_half_way_goes_on_after_the_last_chunk_that_was_committed()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        await StopAfterAsync(site, chunks: 3);

        var seen = new List<BackfillProgress>();
        await BackfillActivities.RunAsync(await site.FindAsync("fill"), seen.Add, default);

        Assert.Equal(["300"], seen[0].Position!);
        Assert.Equal(1000, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal(10, await site.ScalarAsync<long>($"select count(*) from orchestrator.chunks where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task A_zombie_with_an_older_fence_writes_nothing()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        var found = await site.FindAsync("fill");
        var zombie = await Steps.OpenAsync(found.Database, found.Claim(Direction.Do), default);
        var heir = await Steps.OpenAsync(found.Database, found.Claim(Direction.Do), default);

        await Assert.ThrowsAsync<FencedOffException>(() => new BackfillRunner(found.Database, (BackfillStep)found.Step, zombie!).RunAsync(_ => { }, default));

        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal(1000, (await new BackfillRunner(found.Database, (BackfillStep)found.Step, heir!).RunAsync(_ => { }, default)).Rows);
    }

    [Fact]
    public async Task A_zombie_that_wakes_up_between_two_chunks_stops_there()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        var found = await site.FindAsync("fill");
        var zombie = await Steps.OpenAsync(found.Database, found.Claim(Direction.Do), default);
        await Assert.ThrowsAsync<FencedOffException>(() => new BackfillRunner(found.Database, (BackfillStep)found.Step, zombie!).RunAsync(
            progress =>
            {
                if (progress.Chunks == 2)
                {
                    // What opening does to the fence, in a callback that cannot wait.
                    using var connection = site.Database.OpenConnection();
                    connection.Execute("update orchestrator.steps set fence = fence + 1 where plan = @Name", new { site.Plan.Name });
                }
            },
            default));

        Assert.Equal(200, await site.ScalarAsync<long>("select count(*) from target"));
    }

    [Theory]
    [InlineData("bigint", "n")]
    [InlineData("uuid", "md5(n::text)::uuid")]
    [InlineData("text", "'key ''' || n || '\" \\'")]
    [InlineData("timestamptz", "timestamptz '2026-03-29 00:30:00+00' + n * interval '7.123456 seconds'")]
    [InlineData("numeric", "n / 7.0")]
    [InlineData("double precision", "n / 7.0")]
    [InlineData("date", "date '2020-01-01' + n")]
    public async Task A_key_of_any_type_is_walked_whole(string type, string value)
    {
        await using var site = await PrepareAsync(type, value, "insert into target select id::text from source s where {range s}", 70);

        var effect = await site.DoAsync("fill");

        Assert.Equal(1000, effect.Rows);
        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from (select id::text from source except select id from target) missing"));
    }

    [Fact]
    public async Task A_key_of_two_columns_is_walked_whole()
    {
        var step = Some.Backfill("fill", "insert into target select a || '/' || b from source where {range}", "truncate target", 33) with { Key = ["a", "b"] };
        await using var site = await OpenAsync(step);
        await site.ExecuteAsync(
            """
            create table source (a int, b text, primary key (a, b));
            insert into source select n / 10, 'b' || n from generate_series(1, 1000) as n;
            """);

        Assert.Equal(1000, (await site.DoAsync("fill")).Rows);
    }

    [Fact]
    public async Task Rows_that_come_after_the_start_are_beyond_the_upper_key()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        await StopAfterAsync(site, chunks: 1);
        await site.ExecuteAsync("insert into source values (5000)");

        await site.DoAsync("fill");

        Assert.Equal(1000, await site.ScalarAsync<long>("select count(*) from target"));
    }

    [Fact]
    public async Task An_empty_table_is_done_at_once()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        await site.ExecuteAsync("truncate source");

        Assert.Equal(0, (await site.DoAsync("fill")).Rows);
        Assert.Equal("done", await site.ScalarAsync<string>($"select state from orchestrator.steps where plan = '{site.Plan.Name}'"));
    }

    [Theory]
    [InlineData("create table source (id bigint)", "may be null")]
    [InlineData("create table source (id bigint not null)", "is not unique")]
    [InlineData("create table source (name text)", "has no column id")]
    [InlineData("select 1", "is not there")]
    public async Task A_table_that_cannot_be_walked_is_refused_with_what_to_change(string table, string sentence)
    {
        await using var site = await OpenAsync(Some.Backfill("fill", "insert into target select id::text from source where {range}", "truncate target"));
        await site.ExecuteAsync(table);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("fill"));

        Assert.Contains(sentence, refusal.Message);
    }

    [Fact]
    public async Task A_chunk_that_fails_names_its_keys_and_leaves_the_checkpoint_where_it_was()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select (1 / (id - 150))::text || id from source where {range}", 100);

        var failure = await Assert.ThrowsAsync<StatementException>(() => site.DoAsync("fill"));

        Assert.Contains("chunk 2 (keys after 100 up to 200): division by zero", failure.Message);
        Assert.Equal(100, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal("{100}", await site.ScalarAsync<string>($"select position::text from orchestrator.steps where plan = '{site.Plan.Name}'"));
    }

    private static async Task StopAfterAsync(Worksite site, int chunks) =>
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await BackfillActivities.RunAsync(
            await site.FindAsync("fill"),
            progress =>
            {
                if (progress.Chunks == chunks)
                {
                    throw new OperationCanceledException();
                }
            },
            default));

    private async Task<Worksite> PrepareAsync(string keyType, string value, string chunk, int chunkRows)
    {
        var site = await OpenAsync(Some.Backfill("fill", chunk, "truncate target", chunkRows));
        await site.ExecuteAsync(
            $"""
            create table source (id {keyType} primary key);
            insert into source select {value} from generate_series(1, 1000) as n;
            """);
        return site;
    }

    private async Task<Worksite> OpenAsync(BackfillStep step)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync("drop table if exists source, target; create table target (id text primary key)");
        return site;
    }
}
