using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class MemoryScheduleDeskTests : ScheduleDeskTests
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class PostgresScheduleDeskTests(PostgresFixture postgres) : ScheduleDeskTests, IClassFixture<PostgresFixture>
{
    private protected override async Task<IStore> OpenAsync() => await PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None);
}

/// <summary>Schedules and the runs that they start, on a clock that the test moves.</summary>
public abstract class ScheduleDeskTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualTime _time = new();

    protected ScheduleDeskTests() => _time.Pass(TimeSpan.FromDays(20_000));

    private protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task A_workflow_starts_when_the_time_comes_and_says_which_schedule_and_which_time()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig);

        await rig.PassAsync(Hour / 2);
        Assert.Empty((await rig.ReadAsync(schedule)).Recent);
        await rig.PassAsync(Hour / 2);

        var state = await rig.ReadAsync(schedule);
        var action = Assert.Single(state.Recent);
        Assert.Equal($"{state.Schedule.Action.StartWorkflow.WorkflowId}-2024-10-04T01:00:00Z", action.StartWorkflowResult.WorkflowId);
        Assert.Equal(state.Running, [action.StartWorkflowResult]);
        var run = await rig.RunAsync(schedule, action.StartWorkflowResult);
        Assert.Equal($"\"{schedule.ScheduleId}\"", run.SearchAttributes.IndexedFields[KnownAttributes.ScheduledById].Data.ToStringUtf8());
        Assert.Equal("\"2024-10-04T01:00:00Z\"", run.SearchAttributes.IndexedFields[KnownAttributes.ScheduledStartTime].Data.ToStringUtf8());
        Assert.Equal($"temporal-scheduler-default-{schedule.ScheduleId}", run.Started.Identity);
    }

    [Fact]
    public async Task A_start_that_was_decided_before_a_crash_takes_place_after_it()
    {
        await using var store = await OpenAsync();
        var decided = new ScheduleRig(store, _time).NewSchedule();
        _time.Pass(Hour);
        ScheduleAdvance.Advance(decided, _time.GetUtcNow());
        Assert.Single(decided.Due);
        await SaveAsync(store, decided);

        var restarted = await RestartAsync(store);
        await restarted.PassAsync(TimeSpan.Zero);

        var state = await restarted.ReadAsync(decided.Key());
        Assert.Equal((1L, 1, 0), (state.ActionCount, state.Running.Count, state.Due.Count));
    }

    [Fact]
    public async Task A_start_that_took_place_just_before_a_crash_is_found_and_not_repeated()
    {
        await using var store = await OpenAsync();
        var decided = new ScheduleRig(store, _time).NewSchedule();
        _time.Pass(Hour);
        ScheduleAdvance.Advance(decided, _time.GetUtcNow());
        await SaveAsync(store, decided);
        var first = await RestartAsync(store);
        await first.PassAsync(TimeSpan.Zero);
        var started = (await first.ReadAsync(decided.Key())).Running;

        // The outcome never reached the store.
        await SaveAsync(store, decided);
        var second = await RestartAsync(store);
        await second.PassAsync(TimeSpan.Zero);

        var state = await second.ReadAsync(decided.Key());
        Assert.Equal(started, state.Running);
        Assert.Equal(1, state.ActionCount);
    }

    [Fact]
    public async Task Times_that_passed_while_the_service_was_down_are_caught_up_within_the_window()
    {
        await using var store = await OpenAsync();
        var schedule = await CreateAsync(new ScheduleRig(store, _time), ScheduleOverlapPolicy.AllowAll, state =>
            state.Schedule.Policies.CatchupWindow = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(Hour * 2));
        _time.Pass(Hour * 5.5);

        var restarted = await RestartAsync(store);
        await restarted.PassAsync(TimeSpan.Zero);

        var state = await restarted.ReadAsync(schedule);
        Assert.Equal((2L, 3L), (state.ActionCount, state.MissedCatchupWindow));
    }

    [Fact]
    public async Task The_end_of_a_workflow_wakes_the_schedule_that_waits_for_it()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, ScheduleOverlapPolicy.BufferOne);
        await rig.PassAsync(Hour);
        await rig.PassAsync(Hour);
        var first = Assert.Single((await rig.ReadAsync(schedule)).Running);

        await rig.TerminateAsync(schedule, first);
        await rig.PassAsync(TimeSpan.Zero);

        var state = await rig.ReadAsync(schedule);
        Assert.NotEqual(first, Assert.Single(state.Running));
        Assert.Equal(
            [WorkflowExecutionStatus.Terminated, WorkflowExecutionStatus.Running],
            state.Recent.Select(action => action.StartWorkflowStatus));
    }

    [Fact]
    public async Task An_end_that_nobody_saw_because_the_service_was_down_is_learnt_after_the_restart()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, ScheduleOverlapPolicy.BufferOne);
        await rig.PassAsync(Hour);
        await rig.PassAsync(Hour);
        // The run ends under a service that knows nothing of the schedule.
        await new ScheduleRig(store, _time).TerminateAsync(schedule, (await rig.ReadAsync(schedule)).Running[0]);

        var restarted = await RestartAsync(store);
        await restarted.PassAsync(TimeSpan.Zero);

        Assert.Equal(2, (await restarted.ReadAsync(schedule)).ActionCount);
    }

    [Fact]
    public async Task What_runs_is_terminated_for_its_successor()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, ScheduleOverlapPolicy.TerminateOther);

        await rig.PassAsync(Hour);
        await rig.PassAsync(Hour);

        var state = await rig.ReadAsync(schedule);
        Assert.Equal((2L, 1), (state.ActionCount, state.Running.Count));
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await rig.RunAsync(schedule, state.Recent[0].StartWorkflowResult)).Status);
    }

    [Fact]
    public async Task What_runs_is_asked_once_to_cancel_and_its_successor_waits()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, ScheduleOverlapPolicy.CancelOther);

        await rig.PassAsync(Hour);
        await rig.PassAsync(Hour);
        await rig.PassAsync(Hour / 2);

        var state = await rig.ReadAsync(schedule);
        Assert.Equal((1L, 1), (state.ActionCount, state.Buffer.Count));
        Assert.True((await rig.RunAsync(schedule, state.Running[0])).CancelRequested);
    }

    [Fact]
    public async Task A_workflow_id_that_is_taken_costs_the_action_and_nothing_else()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, ScheduleOverlapPolicy.AllowAll);
        var trigger = new SchedulePatch { TriggerImmediately = new() };
        await rig.Desk.ChangeAsync(schedule, "one", state => ScheduleChanges.Patch(state, trigger, _time.GetUtcNow()));
        await rig.Desk.ChangeAsync(schedule, "two", state => ScheduleChanges.Patch(state, trigger, _time.GetUtcNow()));

        await rig.PassAsync(TimeSpan.Zero);

        var state = await rig.ReadAsync(schedule);
        Assert.Equal((1L, 0, 0), (state.ActionCount, state.Due.Count, state.Buffer.Count));
    }

    [Fact]
    public async Task A_change_that_is_asked_for_twice_is_made_once()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig);

        await rig.Desk.ChangeAsync(schedule, "same", state => ScheduleChanges.Patch(state, new() { Pause = "first" }, _time.GetUtcNow()));
        await rig.Desk.ChangeAsync(schedule, "same", state => ScheduleChanges.Patch(state, new() { Pause = "second" }, _time.GetUtcNow()));

        Assert.Equal("first", (await rig.ReadAsync(schedule)).Schedule.State.Notes);
    }

    [Fact]
    public async Task The_same_request_creates_once_and_another_one_is_refused()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var state = rig.NewSchedule();

        await rig.Desk.CreateAsync(state, default);
        var again = await rig.Desk.CreateAsync(state, default);

        Assert.Equal(state.Incarnation, again.Incarnation);
        var other = SomeSchedule.State(id: state.ScheduleId, space: state.NamespaceId);
        var refused = await Assert.ThrowsAsync<GrpcException>(() => rig.Desk.CreateAsync(other, default));
        Assert.Equal(GrpcStatusCode.AlreadyExists, refused.Code);
    }

    [Fact]
    public async Task A_deleted_schedule_leaves_its_workflows_alone_and_starts_no_more()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig);
        await rig.PassAsync(Hour);
        var run = Assert.Single((await rig.ReadAsync(schedule)).Running);

        await rig.Desk.DeleteAsync(schedule);
        await rig.PassAsync(Hour);

        Assert.True((await rig.RunAsync(schedule, run)).IsOpen);
        var refused = await Assert.ThrowsAsync<GrpcException>(() => rig.ReadAsync(schedule));
        Assert.Equal(GrpcStatusCode.NotFound, refused.Code);
    }

    [Fact]
    public async Task A_schedule_that_can_do_nothing_any_more_is_forgotten_after_a_week()
    {
        await using var store = await OpenAsync();
        var rig = new ScheduleRig(store, _time);
        var schedule = await CreateAsync(rig, configure: state => state.Schedule.Spec = new ScheduleSpec());

        await rig.PassAsync(TimeSpan.FromDays(6.9));
        Assert.NotNull(await rig.ReadAsync(schedule));
        await rig.PassAsync(TimeSpan.FromDays(0.2));

        await Assert.ThrowsAsync<GrpcException>(() => rig.ReadAsync(schedule));
    }

    [Fact]
    public void An_end_between_the_look_and_the_sleep_is_not_slept_over()
    {
        var watch = new ScheduleWatch(_time);
        var (schedule, workflow) = (new ScheduleKey("space", "schedule"), new ChainKey("space", "run"));
        watch.Add(workflow, schedule);

        watch.Look(schedule);
        watch.Ended(workflow);
        watch.Sleep(schedule, _time.GetUtcNow() + Hour);
        Assert.Equal(_time.GetUtcNow(), watch.Due.Earliest);

        watch.Look(schedule);
        watch.Sleep(schedule, _time.GetUtcNow() + Hour);
        Assert.Equal(_time.GetUtcNow() + Hour, watch.Due.Earliest);
    }

    private async Task<ScheduleRig> RestartAsync(IStore store)
    {
        var rig = new ScheduleRig(store, _time);
        await foreach (var stored in store.ReadSchedulesAsync(default))
        {
            rig.Desk.Resume(ScheduleCodec.Decode(stored));
        }

        return rig;
    }

    private static async Task<ScheduleKey> CreateAsync(
        ScheduleRig rig, ScheduleOverlapPolicy overlap = default, Action<ScheduleState>? configure = null) =>
        (await rig.Desk.CreateAsync(rig.NewSchedule(overlap, configure), default)).Key();

    private static Task SaveAsync(IStore store, ScheduleState state) =>
        store.CommitAsync(new Commit([], null) { Schedule = ScheduleCodec.Encode(state) });
}
