using Dapper;
using Orchestrator.Activities;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

public sealed class BackfillTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Progress_goes_forward_chunk_by_chunk()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 250);
        var seen = new List<TransferProgress>();

        var effect = await site.TransferAsync("fill", seen.Add);

        Assert.Equal(1000, effect.Rows);
        Assert.Equal([0, 250, 500, 750, 1000], seen.Select(p => p.Walked));
        Assert.All(seen, p => Assert.Equal(1000, p.Estimate));
        Assert.Equal(4, await site.ScalarAsync<long>($"select count(*) from orchestrator.chunks where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task What_was_stopped_half_way_goes_on_after_the_last_chunk_that_was_committed()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        await StopAfterAsync(site, chunks: 3);

        var seen = new List<TransferProgress>();
        await site.TransferAsync("fill", seen.Add);

        Assert.Equal(300, seen[0].Walked);
        Assert.Equal(1000, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Equal(10, await site.ScalarAsync<long>($"select count(*) from orchestrator.chunks where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task A_lane_of_an_older_opening_writes_nothing()
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);
        var (activities, transfer, found) = await TransferAsync(site);
        var zombie = await TransferActivities.OpenAsync(found, transfer, default);
        var heir = await TransferActivities.OpenAsync(found, transfer, default);

        await Assert.ThrowsAsync<FencedOffException>(() => activities.RunLaneAsync(found, transfer, Lane(site, zombie), _ => { }, default));

        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from target"));
        await activities.RunLaneAsync(found, transfer, Lane(site, heir), _ => { }, default);
        Assert.Equal(1000, await site.ScalarAsync<long>("select count(*) from target"));
    }

    [Theory]
    [InlineData("update orchestrator.ranges set fence = fence + 1 where plan = @Name")]
    [InlineData("update orchestrator.steps set fence = fence + 1 where plan = @Name")]
    [InlineData("update orchestrator.steps set state = 'undoing' where plan = @Name")]
    public async Task A_lane_that_was_overtaken_between_two_chunks_stops_there(string overtaking)
    {
        await using var site = await PrepareAsync("bigint", "n", "insert into target select id::text from source where {range}", 100);

        await Assert.ThrowsAsync<FencedOffException>(() => site.TransferAsync(
            "fill",
            progress =>
            {
                if (progress.Chunks == 2)
                {
                    // In a callback that cannot wait.
                    using var connection = site.Database.OpenConnection();
                    connection.Execute(overtaking, new { site.Plan.Name });
                }
            }));

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

    [Theory]
    [InlineData("insert into target select nothing from source where {range}", "column \"nothing\" does not exist")]
    [InlineData("insert into source select 'x'::text from source where {range}", "is of type bigint but expression is of type text")]
    [InlineData("insert into elsewhere select id from source where {range}", "relation \"elsewhere\" does not exist")]
    public async Task A_statement_that_cannot_run_is_refused_before_a_range_is_cut(string chunk, string sentence)
    {
        await using var site = await PrepareAsync("bigint", "n", chunk, 100);

        var refusal = await Assert.ThrowsAsync<StatementException>(() => site.DoAsync("fill"));

        Assert.Contains(sentence, refusal.Message);
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from orchestrator.ranges where plan = '{site.Plan.Name}'"));
    }

    [Fact]
    public async Task Rows_that_come_later_are_walked_in_a_final_pass_where_the_plan_says_so()
    {
        var step = Some.Backfill("fill", "insert into target select id::text from source where {range}", "truncate target") with { LateRows = LateRows.FinalPass };
        await using var site = await PrepareAsync("bigint", "n", step);
        await StopAfterAsync(site, chunks: 1);
        await site.ExecuteAsync("insert into source select 5000 + n from generate_series(1, 250) n");

        var effect = await site.DoAsync("fill");

        Assert.Equal(1250, effect.Rows);
        Assert.Equal(1250, await site.ScalarAsync<long>("select count(*) from target"));
        Assert.Contains("rows that came later included", effect.Note);
    }

    private static async Task StopAfterAsync(Worksite site, int chunks) =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => site.TransferAsync(
            "fill",
            progress =>
            {
                if (progress.Chunks == chunks)
                {
                    throw new OperationCanceledException();
                }
            }));

    private static async Task<(TransferActivities Activities, ITransfer Transfer, StepSite Site)> TransferAsync(Worksite site)
    {
        var found = await site.FindAsync("fill");
        var activities = new TransferActivities(site.Sites, TimeProvider.System);
        return (activities, await activities.OfAsync(found, default), found);
    }

    private static LaneReference Lane(Worksite site, TransferOpening opening) =>
        new(new StepReference(site.Batch, "fill"), opening, 1, TimeSpan.FromMinutes(1));

    private Task<Worksite> PrepareAsync(string keyType, string value, string chunk, int chunkRows) =>
        PrepareAsync(keyType, value, Some.Backfill("fill", chunk, "truncate target", chunkRows));

    private async Task<Worksite> PrepareAsync(string keyType, string value, BackfillStep step)
    {
        var site = await OpenAsync(step);
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
