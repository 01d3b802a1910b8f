using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

/// <summary>Several lanes on one table, in one process, as TransferWorkflow would run them.</summary>
[TakesSeconds(14)]
public sealed class LaneTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("bigint", "n")]
    [InlineData("uuid", "md5(n::text)::uuid")]
    [InlineData("text", "'k' || n")]
    public async Task Lanes_side_by_side_walk_every_row_once(string type, string value)
    {
        await using var site = await PrepareAsync(type, value, rows: 3_000, lanes: 3);

        var reports = await RunAsync(site, lanes: 3, TimeSpan.FromMinutes(1));

        Assert.All(reports, r => Assert.Equal(LaneEnd.NothingLeft, r.End));
        Assert.Equal("3000/3000", await site.ScalarAsync<string>("select count(*) || '/' || count(distinct id) from target"));
        Assert.True(await site.ScalarAsync<long>($"select count(*) from orchestrator.ranges where plan = '{site.Plan.Name}'") >= 3);
    }

    [Fact]
    public async Task An_idle_lane_takes_half_of_what_another_has_left()
    {
        await using var site = await PrepareAsync("bigint", "n", rows: 3_000, lanes: 1);
        var (activities, transfer, found, opening) = await OpenAsync(site);
        // The first lane works for no time at all, and keeps the only range.
        await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.Zero), _ => { }, default);

        var second = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 2, TimeSpan.FromMinutes(1)), _ => { }, default);
        var stolen = await site.ScalarAsync<long>("select count(*) from target");
        var first = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), _ => { }, default);

        Assert.Equal((LaneEnd.NothingLeft, LaneEnd.NothingLeft), (first.End, second.End));
        // Half, then half of what is left, and so on until it is not worth the trouble.
        Assert.InRange(stolen, 2_000, 2_999);
        Assert.Equal("3000/3000", await site.ScalarAsync<string>("select count(*) || '/' || count(distinct id) from target"));
    }

    [Fact]
    public async Task A_slice_ends_in_time_or_when_the_worker_leaves_and_the_next_one_goes_on()
    {
        await using var site = await PrepareAsync("bigint", "n", rows: 500, lanes: 1, "insert into target select id::text from source where {range} and pg_sleep(0.001) is not null");
        var (activities, transfer, found, opening) = await OpenAsync(site);

        var cut = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMilliseconds(100)), _ => { }, default);
        var left = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), _ => { }, default, leaving: new CancellationToken(canceled: true));
        var rest = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), _ => { }, default);

        Assert.Equal((LaneEnd.SliceOver, LaneEnd.SliceOver), (cut.End, left.End));
        // How far it came is the machine's business.
        Assert.InRange(cut.Progress.Walked, 0, 499);
        Assert.Equal((LaneEnd.NothingLeft, 500), (rest.End, rest.Progress.Walked));
    }

    [Fact]
    public async Task A_lane_too_many_gives_its_range_back()
    {
        await using var site = await PrepareAsync("bigint", "n", rows: 1_000, lanes: 2);
        var (activities, transfer, found, opening) = await OpenAsync(site);
        await TransferActivities.TuneAsync(found, new Tuning { Who = "ada", Lanes = 1 }, default);

        var second = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 2, TimeSpan.FromMinutes(1)), _ => { }, default);
        var first = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), _ => { }, default);

        Assert.Equal((LaneEnd.Surplus, 50), (second.End, second.Progress.Walked));
        Assert.Equal((LaneEnd.NothingLeft, 1_000), (first.End, first.Progress.Walked));
    }

    [Fact]
    public async Task A_rate_is_kept_and_can_be_changed_while_it_runs()
    {
        await using var site = await PrepareAsync("bigint", "n", rows: 1_000, lanes: 1);
        var (activities, transfer, found, opening) = await OpenAsync(site);
        await TransferActivities.TuneAsync(found, new Tuning { RowsPerSecond = 500 }, default);

        var slow = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMilliseconds(450)), _ => { }, default);
        await TransferActivities.TuneAsync(found, new Tuning { RowsPerSecond = 0 }, default);
        var fast = await activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), _ => { }, default);

        // Fifty rows take a tenth of a second at that rate.
        Assert.InRange(slow.Progress.Walked, 0, 300);
        Assert.Equal(1_000, fast.Progress.Walked);
        Assert.Equal(2, await site.ScalarAsync<long>($"select count(*) from orchestrator.entries e join orchestrator.runs r on r.id = e.run_id where kind = 'transfer-tuned' and plan_digest = '{site.Run.Plan}'"));
    }

    [Theory]
    [InlineData("select count(*) from brake", "the throttle's query: 1, wanted at most 0")]
    [InlineData("select count(*) from nowhere", "the throttle's query cannot be measured: relation \"nowhere\" does not exist")]
    [InlineData("delete from brake returning 1", "the throttle's query cannot be measured: cannot execute DELETE in a read-only transaction")]
    public async Task A_throttle_holds_work_up_and_says_why(string query, string reason)
    {
        var pace = new TransferPace { Lanes = 1, Throttles = [new Throttle(ThrottleKind.Sql, 0) { Query = new SqlScript(SqlScript.Inline, query) }] };
        await using var site = await PrepareAsync(Fill() with { Pace = pace }, "bigint", "n", 100);
        await site.ExecuteAsync("create table if not exists brake (id int); truncate brake; insert into brake values (1)");
        var (activities, transfer, found, opening) = await OpenAsync(site);

        using var stop = new CancellationTokenSource();
        TransferProgress? held = null;
        var lane = activities.RunLaneAsync(found, transfer, Lane(site, opening, 1, TimeSpan.FromMinutes(1)), StopWhenHeld, stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lane);
        Assert.Equal(0, held?.Walked);
        Assert.StartsWith(reason, held?.Waiting);

        void StopWhenHeld(TransferProgress progress)
        {
            if (progress.Waiting is not null)
            {
                held = progress;
                stop.Cancel();
            }
        }
    }

    [Theory]
    [InlineData(ThrottleKind.ReplicaLag)]
    [InlineData(ThrottleKind.ActiveSessions)]
    [InlineData(ThrottleKind.LockWaiters)]
    [InlineData(ThrottleKind.WalRate)]
    [InlineData(ThrottleKind.Autovacuum)]
    public async Task A_throttle_with_room_to_spare_lets_work_go(ThrottleKind kind)
    {
        var pace = new TransferPace { Lanes = 1, Throttles = [new Throttle(kind, 1_000_000_000_000)] };
        await using var site = await PrepareAsync(Fill() with { Pace = pace }, "bigint", "n", 100);

        Assert.Equal(100, (await site.DoAsync("fill")).Rows);
    }

    private static async Task<LaneReport[]> RunAsync(Worksite site, int lanes, TimeSpan slice)
    {
        var (activities, transfer, found, opening) = await OpenAsync(site);
        return await Task.WhenAll(Enumerable.Range(1, lanes).Select(lane =>
            activities.RunLaneAsync(found, transfer, Lane(site, opening, lane, slice), _ => { }, default)));
    }

    private static async Task<(TransferActivities Activities, ITransfer Transfer, Orchestrator.Activities.StepSite Site, TransferOpening Opening)> OpenAsync(Worksite site)
    {
        var found = await site.FindAsync("fill");
        var activities = new TransferActivities(site.Sites, TimeProvider.System);
        var transfer = await activities.OfAsync(found, default);
        return (activities, transfer, found, await TransferActivities.OpenAsync(found, transfer, default));
    }

    private static LaneReference Lane(Worksite site, TransferOpening opening, int lane, TimeSpan slice) =>
        new(new StepReference(site.Batch, "fill"), opening, lane, slice);

    private static BackfillStep Fill(string chunk = "insert into target select id::text from source where {range}") =>
        Some.Backfill("fill", chunk, "truncate target", chunkRows: 50);

    private Task<Worksite> PrepareAsync(string type, string value, int rows, int lanes, string chunk = "insert into target select id::text from source where {range}") =>
        PrepareAsync(Fill(chunk) with { Pace = new TransferPace { Lanes = lanes } }, type, value, rows);

    private async Task<Worksite> PrepareAsync(BackfillStep step, string type, string value, int rows)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync(
            $"""
            drop table if exists source, target;
            create table target (id text);
            create table source (id {type} primary key);
            insert into source select {value} from generate_series(1, {rows}) as n;
            """);
        return site;
    }
}
