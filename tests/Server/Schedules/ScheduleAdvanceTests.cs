using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class ScheduleAdvanceTests
{
    private static readonly DateTimeOffset Noon = SomeSchedule.Noon;

    [Fact]
    public void Nothing_is_due_before_its_time()
    {
        var state = SomeSchedule.State();

        Assert.False(ScheduleAdvance.Advance(state, Noon.AddMinutes(59)));

        Assert.Empty(state.Due);
        Assert.Equal(Noon.AddHours(1), ScheduleAdvance.NextWake(state, Noon));
    }

    [Fact]
    public void A_time_that_has_come_is_due_once()
    {
        var state = SomeSchedule.State();

        ScheduleAdvance.Advance(state, Noon.AddHours(1));
        ScheduleAdvance.Advance(state, Noon.AddHours(1.5));

        var start = Assert.Single(state.Due);
        Assert.Equal((Noon.AddHours(1), true), (start.Nominal, start.IsTracked));
    }

    [Fact]
    public void Times_missed_for_longer_than_the_catchup_window_are_counted_and_left_out()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.AllowAll);
        state.Schedule.Policies.CatchupWindow = Duration.FromTimeSpan(TimeSpan.FromHours(2.5));

        ScheduleAdvance.Advance(state, Noon.AddHours(10));
        ScheduleAdvance.Advance(state, Noon.AddHours(10.2));

        Assert.Equal([8, 9, 10], state.Due.Select(start => (start.Nominal - Noon).TotalHours));
        Assert.Equal(7, state.MissedCatchupWindow);
    }

    [Fact]
    public void A_catchup_window_has_a_least_length_and_a_default()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), ScheduleAdvance.CatchupWindow(new() { CatchupWindow = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }));
        Assert.Equal(TimeSpan.FromDays(365), ScheduleAdvance.CatchupWindow(null));
    }

    [Fact]
    public void What_passes_during_a_pause_never_comes()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.AllowAll);
        state.Schedule.State.Paused = true;
        ScheduleAdvance.Advance(state, Noon.AddHours(3));

        ScheduleChanges.Patch(state, new SchedulePatch { Unpause = "on again" }, Noon.AddHours(3.5));
        ScheduleAdvance.Advance(state, Noon.AddHours(4));

        Assert.Equal([4], state.Due.Select(start => (start.Nominal - Noon).TotalHours));
        Assert.Equal(0, state.MissedCatchupWindow);
    }

    [Fact]
    public void Limited_actions_end_with_the_last_but_a_trigger_still_starts()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.AllowAll);
        state.Schedule.State.LimitedActions = true;
        state.Schedule.State.RemainingActions = 2;

        ScheduleAdvance.Advance(state, Noon.AddHours(5));
        Assert.Equal((2, 0L, 3L), (state.Due.Count, state.Schedule.State.RemainingActions, state.ConflictToken));

        ScheduleChanges.Patch(state, new SchedulePatch { TriggerImmediately = new() }, Noon.AddHours(6));
        ScheduleAdvance.Advance(state, Noon.AddHours(6));
        Assert.Equal([1, 2, 6], state.Due.Select(start => (start.Nominal - Noon).TotalHours));
    }

    [Fact]
    public void Times_between_the_last_and_an_update_are_not_taken_by_the_new_spec()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.AllowAll);
        var minutely = new Schedule { Spec = new() { CronString = { "* * * * *" } }, Action = SomeSchedule.Action("run"), Policies = state.Schedule.Policies };

        ScheduleChanges.Replace(state, ScheduleChanges.Kept(minutely), Noon.AddMinutes(30.5));
        ScheduleAdvance.Advance(state, Noon.AddMinutes(32));

        Assert.Equal([31, 32], state.Due.Select(start => (start.Nominal - Noon).TotalMinutes));
        Assert.Equal((2L, Noon.AddMinutes(30.5)), (state.ConflictToken, state.UpdatedAt));
    }

    [Fact]
    public void A_backfill_takes_every_time_of_its_span_ends_included_also_during_a_pause()
    {
        var state = SomeSchedule.State();
        state.Schedule.State.Paused = true;

        ScheduleChanges.Patch(state, Backfill(Noon.AddHours(-3), Noon), Noon);
        var hasMore = ScheduleAdvance.Advance(state, Noon);

        Assert.False(hasMore);
        Assert.Equal([-3, -2, -1, 0], state.Due.Select(start => (start.Nominal - Noon).TotalHours));
        Assert.Empty(state.Backfills);
    }

    [Fact]
    public void A_long_backfill_goes_on_when_there_is_room()
    {
        var state = SomeSchedule.State();
        ScheduleChanges.Patch(state, Backfill(Noon.AddHours(-1200), Noon.AddHours(-1)), Noon);
        var taken = 0;
        for (var hasMore = true; hasMore;)
        {
            hasMore = ScheduleAdvance.Advance(state, Noon);
            taken += state.Due.Count;
            state.Due.Clear();
        }

        Assert.Equal((1200, 0L), (taken, state.BufferDropped));
    }

    [Fact]
    public void A_full_buffer_drops_what_the_spec_asks_for_and_counts_it()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.BufferAll);
        state.Running.Add(new WorkflowExecution { WorkflowId = "run", RunId = "1" });
        while (ScheduleAdvance.Advance(state, Noon.AddHours(ScheduleAdvance.BufferLimit + 7)))
        {
        }

        Assert.Equal((ScheduleAdvance.BufferLimit, 7L), (state.Buffer.Count, state.BufferDropped));
    }

    [Fact]
    public void After_a_long_stop_times_are_taken_in_portions()
    {
        var state = SomeSchedule.State(new ScheduleSpec { CronString = { "* * * * * * *" } });

        Assert.True(ScheduleAdvance.Advance(state, Noon.AddDays(1)));

        Assert.Equal(Noon.AddSeconds(ScheduleAdvance.TimesAtOnce), state.ProcessedUntil);
    }

    [Fact]
    public void The_next_start_waits_for_the_end_of_the_one_before()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.BufferOne);
        ScheduleAdvance.Advance(state, Noon.AddHours(1));
        var run = Start(state);
        ScheduleAdvance.Advance(state, Noon.AddHours(2));
        Assert.Empty(state.Due);

        ScheduleOutcomes.Ended(state, run, new WorkflowEnd(WorkflowExecutionStatus.Completed, null, null));
        ScheduleAdvance.Advance(state, Noon.AddHours(2.1));

        Assert.Equal(Noon.AddHours(2), Assert.Single(state.Due).Nominal);
    }

    [Fact]
    public void A_failure_pauses_with_a_note_and_is_handed_on_with_the_last_result()
    {
        var state = SomeSchedule.State();
        state.Schedule.Policies.PauseOnFailure = true;
        ScheduleAdvance.Advance(state, Noon.AddHours(1));
        var run = Start(state);
        state.LastResult = new Payloads();

        ScheduleOutcomes.Ended(state, run, new WorkflowEnd(WorkflowExecutionStatus.Failed, null, new() { Message = "disk full" }));

        Assert.Equal((true, "paused due to workflow failure: run-1: disk full"), (state.Schedule.State.Paused, state.Schedule.State.Notes));
        Assert.Equal(("disk full", true), (state.LastFailure?.Message, state.LastResult is not null));
        Assert.Equal(WorkflowExecutionStatus.Failed, Assert.Single(state.Recent).StartWorkflowStatus);
    }

    [Theory]
    [InlineData(WorkflowExecutionStatus.Canceled)]
    [InlineData(WorkflowExecutionStatus.Terminated)]
    [InlineData(WorkflowExecutionStatus.Completed)]
    public void Other_ends_do_not_pause(WorkflowExecutionStatus status)
    {
        var state = SomeSchedule.State();
        state.Schedule.Policies.PauseOnFailure = true;
        ScheduleAdvance.Advance(state, Noon.AddHours(1));

        ScheduleOutcomes.Ended(state, Start(state), new WorkflowEnd(status, null, null));

        Assert.False(state.Schedule.State.Paused);
    }

    [Fact]
    public void A_schedule_with_nothing_left_expires_a_week_after_its_last_action_unless_it_is_paused()
    {
        var spec = SomeSchedule.Hourly.Clone();
        spec.EndTime = Timestamp.FromDateTimeOffset(Noon.AddHours(1));
        var state = SomeSchedule.State(spec);
        Assert.Null(ScheduleAdvance.ExpiresAt(state));

        ScheduleAdvance.Advance(state, Noon.AddHours(1));
        var run = Start(state);
        Assert.Null(ScheduleAdvance.ExpiresAt(state));
        ScheduleOutcomes.Ended(state, run, new WorkflowEnd(WorkflowExecutionStatus.Completed, null, null));

        Assert.Equal(Noon.AddHours(1).AddDays(7), ScheduleAdvance.ExpiresAt(state));
        Assert.Equal(Noon.AddHours(1).AddDays(7), ScheduleAdvance.NextWake(state, Noon.AddHours(2)));
        state.Schedule.State.Paused = true;
        Assert.Null(ScheduleAdvance.ExpiresAt(state));
    }

    [Fact]
    public void Ten_actions_are_remembered_the_newest_last()
    {
        var state = SomeSchedule.State(overlap: ScheduleOverlapPolicy.AllowAll);
        ScheduleAdvance.Advance(state, Noon.AddHours(12));
        while (state.Due.Count > 0)
        {
            Start(state);
        }

        Assert.Equal((12L, 10), (state.ActionCount, state.Recent.Count));
        Assert.Equal(Noon.AddHours(12), state.Recent[^1].ScheduleTime.ToDateTimeOffset());
        Assert.Empty(state.Running);
    }

    [Fact]
    public void A_request_is_remembered_and_taken_once()
    {
        var state = SomeSchedule.State();

        Assert.True(ScheduleChanges.TryRemember(state, "one"));
        Assert.False(ScheduleChanges.TryRemember(state, "one"));
        Assert.True(ScheduleChanges.TryRemember(state, ""));
        Assert.True(ScheduleChanges.TryRemember(state, ""));
    }

    private static WorkflowExecution Start(ScheduleState state)
    {
        var start = state.Due[0];
        var run = new WorkflowExecution { WorkflowId = $"run-{start.Number}", RunId = $"{start.Number}" };
        ScheduleOutcomes.Started(state, start, run, start.Actual);
        return run;
    }

    private static SchedulePatch Backfill(DateTimeOffset start, DateTimeOffset end) => new()
    {
        BackfillRequest =
        {
            new BackfillRequest
            {
                StartTime = Timestamp.FromDateTimeOffset(start),
                EndTime = Timestamp.FromDateTimeOffset(end),
                OverlapPolicy = ScheduleOverlapPolicy.AllowAll,
            },
        },
    };
}
