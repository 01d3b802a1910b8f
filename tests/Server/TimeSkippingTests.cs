using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Timers;

namespace Orchestrator.Tests.Server;

public sealed class TimeSkippingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly VirtualClock _clock = new(TimeProvider.System);
    private readonly DueTimes<RunKey> _due;
    private readonly TimeSkipping _skipping;
    private readonly DateTimeOffset _start;

    public TimeSkippingTests()
    {
        _due = new(_clock);
        _skipping = new(_clock, _due, new DueTimes<ScheduleKey>(_clock));
        _start = _clock.GetUtcNow();
    }

    [Fact]
    public async Task A_timer_fires_when_its_clock_is_put_past_it()
    {
        var soon = Task.Delay(Hour, _clock);
        var late = Task.Delay(3 * Hour, _clock);

        _clock.SkipTo(_start + (2 * Hour));
        _clock.SkipTo(_start);

        await soon.WaitAsync(Deadline);
        Assert.False(late.IsCompleted);
        AssertPassed(2 * Hour);
    }

    [Fact]
    public void Time_is_skipped_to_what_is_due_and_no_further()
    {
        _due.Set(Run("b"), _start + (2 * Hour));
        _due.Set(Run("a"), _start + Hour);

        AssertPassed(TimeSpan.Zero);
        Assert.True(_skipping.TryUnlock());
        AssertPassed(Hour);
    }

    [Fact]
    public void A_time_that_was_taken_back_is_not_skipped_to()
    {
        _due.Set(Run("a"), _start + Hour);
        _due.Set(Run("a"), null);

        Assert.True(_skipping.TryUnlock());

        AssertPassed(TimeSpan.Zero);
    }

    [Fact]
    public async Task While_a_run_is_being_woken_nothing_later_comes_due()
    {
        _due.Set(Run("a"), _start + Hour);
        _due.Set(Run("b"), _start + (2 * Hour));
        Assert.True(_skipping.TryUnlock());

        Assert.Equal(Run("a"), await _due.NextAsync(default).WaitAsync(Deadline));
        _skipping.Consider();
        AssertPassed(Hour);

        _due.Done();
        _skipping.Consider();
        AssertPassed(2 * Hour);
    }

    [Fact]
    public void A_hold_keeps_time_real_until_it_is_released()
    {
        _due.Set(Run("a"), _start + Hour);
        var hold = _skipping.Hold();

        Assert.True(_skipping.TryUnlock());
        AssertPassed(TimeSpan.Zero);

        hold.Dispose();
        AssertPassed(Hour);
    }

    [Fact]
    public async Task A_sleeper_wakes_at_its_time_with_the_lock_back_in_place()
    {
        _due.Set(Run("a"), _start + (5 * Hour));

        Assert.True(await _skipping.TrySleepUnlockedAsync(_start + (2 * Hour), default).WaitAsync(Deadline));

        AssertPassed(2 * Hour);
        Assert.True(_skipping.TryUnlock());
        AssertPassed(5 * Hour);
        Assert.False(_skipping.TryUnlock());
    }

    [Fact]
    public async Task A_sleep_that_is_given_up_leaves_the_lock_in_place()
    {
        using var hold = _skipping.Hold();
        using var givenUp = new CancellationTokenSource();
        var sleep = _skipping.TrySleepUnlockedAsync(_start + Hour, givenUp.Token);

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep);
        Assert.True(_skipping.TryUnlock());
        Assert.False(_skipping.TryUnlock());
    }

    [Fact]
    public void A_run_is_busy_while_somebody_has_a_task_of_it_and_idle_while_it_waits_for_time()
    {
        var run = new EngineRun();
        Assert.True(WorkInFlight.IsBusy(run.State));

        run.Advance(Some.Timer("timer", Hour));
        Assert.False(WorkInFlight.IsBusy(run.State));

        run.Signal("wake");
        Assert.True(WorkInFlight.IsBusy(run.State));
    }

    [Fact]
    public void An_activity_is_work_while_it_runs_or_waits_for_a_worker_and_not_while_it_backs_off()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("activity"));
        var activity = run.State.Activities.Keys.Single();
        Assert.True(WorkInFlight.IsBusy(run.State));

        run.Do(step => ActivityTasks.Start(step, step.State.Activities[activity], new TaskTaker("worker", ""), "request"));
        Assert.True(WorkInFlight.IsBusy(run.State));

        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[activity], new() { Message = "again", ApplicationFailureInfo = new() }, "worker"));
        Assert.False(WorkInFlight.IsBusy(run.State));
    }

    private static RunKey Run(string id) => new("namespace", id, id);

    /// <summary>The test itself takes some real time.</summary>
    private void AssertPassed(TimeSpan time) => Assert.InRange(_clock.GetUtcNow() - _start, time, time + Deadline);
}
