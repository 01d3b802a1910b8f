using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Gates;

/// <summary>Days at a gate, in the time that the work takes.</summary>
public sealed class GateClockTests
{
    [Fact]
    public async Task A_gate_reminds_escalates_and_expires_after_days()
    {
        var gate = Some.Gate() with
        {
            ExpiresAfter = TimeSpan.FromDays(3),
            RemindEvery = TimeSpan.FromDays(1),
            EscalateAfter = TimeSpan.FromHours(36),
            EscalateTo = ["boss"],
        };
        await using var stage = await ClockStage.StartAsync(gate);

        var outcome = await stage.Batch.GetResultAsync();

        Assert.Equal((Outcome.Undone, StopCause.Expired), (outcome.Outcome, outcome.Cause!.Value));
        Assert.Equal(["step"], stage.Memory.Undone);
        Assert.Equal(["0h GateOpened", "24h Reminder", "36h Escalation boss", "48h Reminder", "72h Closed"], stage.Memory.Notices);
    }

    [Fact]
    public async Task What_was_measured_is_measured_again_on_a_schedule_that_slows_down_to_once_an_hour()
    {
        await using var stage = await ClockStage.StartAsync(Some.Gate() with { ExpiresAfter = TimeSpan.FromDays(2) });

        await stage.Batch.GetResultAsync();

        var pauses = stage.Memory.Looks.Zip(stage.Memory.Looks.Skip(1), (a, b) => Math.Round((b - a).TotalMinutes)).ToList();
        Assert.Equal([5, 10, 20, 40, 60, 60, 60], pauses[..7]);
        Assert.InRange(stage.Memory.Looks.Count, 45, 60);
        var history = await stage.Batch.FetchHistoryAsync();
        Assert.InRange(history.Events.Count, 100, 1_000);
    }

    [Fact]
    public async Task A_quorum_is_gathered_over_days()
    {
        await using var stage = await ClockStage.StartAsync(Some.Gate(quorum: 2));

        await stage.SayAsync(Answer.Go, "ada");
        await stage.PassAsync(TimeSpan.FromDays(2));
        var twice = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => stage.SayAsync(Answer.Go, "ada"));
        var waiting = (await stage.StatusAsync()).Gate!;
        await stage.SayAsync(Answer.Go, "grace");

        Assert.Equal(new BatchOutcome(Outcome.Done, null, null), await stage.Batch.GetResultAsync());
        Assert.Equal("ada has already decided.", twice.InnerException!.Message);
        Assert.Equal(["ada"], waiting.Counted.Select(d => d.Who));
    }

    [Fact]
    public async Task A_go_is_voided_when_the_evidence_changes_while_others_are_waited_for()
    {
        await using var stage = await ClockStage.StartAsync(
            Some.Gate(quorum: 2), memory => memory.Measure = at => Memory.Found(Verdict.Pass, at < TimeSpan.FromHours(30) ? "7" : "7.0"));

        await stage.SayAsync(Answer.Go, "ada");
        await stage.PassAsync(TimeSpan.FromHours(28));
        var before = (await stage.StatusAsync()).Gate!;
        await stage.PassAsync(TimeSpan.FromHours(4));
        var after = (await stage.StatusAsync()).Gate!;
        await stage.SayAsync(Answer.Go, "grace");
        await stage.SayAsync(Answer.Go, "ada");

        Assert.Equal(Outcome.Done, (await stage.Batch.GetResultAsync()).Outcome);
        Assert.Equal((1, 0), (before.Counted.Count, after.Counted.Count));
        Assert.Contains("ada: The evidence has changed since", Assert.Single(after.Refusals));
        Assert.Single(stage.Memory.Notices, n => n.EndsWith("DecisionsVoided ada", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hard_stop_that_trips_while_people_sleep_takes_the_batch_back_and_asks_nobody()
    {
        await using var stage = await ClockStage.StartAsync(
            Some.Gate() with { ExpiresAfter = TimeSpan.FromDays(30) },
            memory => memory.Measure = at => Memory.Found(at < TimeSpan.FromHours(10) ? Verdict.Pass : Verdict.Fail, "8", Severity.HardStop));

        var outcome = await stage.Batch.GetResultAsync();

        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.HardStop, "Check: 8, wanted = 7"), outcome);
        Assert.Equal(["step"], stage.Memory.Undone);
        Assert.InRange(stage.Memory.Looks[^1].TotalHours, 10, 11.1);
    }

    [Fact]
    public async Task A_check_that_fails_at_night_shuts_the_gate_until_it_passes_again()
    {
        await using var stage = await ClockStage.StartAsync(
            Some.Gate(),
            memory => memory.Measure = at => Memory.Found(at > TimeSpan.FromHours(5) && at < TimeSpan.FromHours(20) ? Verdict.Fail : Verdict.Pass, "7"));

        await stage.PassAsync(TimeSpan.FromHours(12));
        var shut = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => stage.SayAsync(Answer.Go, "ada"));
        await stage.PassAsync(TimeSpan.FromHours(12));
        await stage.SayAsync(Answer.Go, "ada");

        Assert.Equal("The gate is shut: check is fail (7, wanted = 7).", shut.InnerException!.Message);
        Assert.Equal(Outcome.Done, (await stage.Batch.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_paused_batch_waits_at_its_gate_and_time_goes_on()
    {
        await using var stage = await ClockStage.StartAsync(Some.Gate() with { ExpiresAfter = TimeSpan.FromDays(2) });
        await stage.Batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Pause, new Steer { Who = "ada" }));

        await stage.PassAsync(TimeSpan.FromDays(1));
        var paused = await stage.StatusAsync();
        await stage.Batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Resume, new Steer { Who = "ada" }));
        await stage.SayAsync(Answer.Go, "ada");

        Assert.True(paused.Paused);
        Assert.Equal(Outcome.Done, (await stage.Batch.GetResultAsync()).Outcome);
    }
}
