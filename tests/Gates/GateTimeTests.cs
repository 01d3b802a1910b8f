using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Tests.Gates;

public sealed class GateTimeTests
{
    // A Sunday.
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private static readonly ReleaseWindow Nights = new([WindowDay.Mon, WindowDay.Fri], new TimeOnly(22, 0), new TimeOnly(4, 0));

    [Theory]
    [InlineData("2026-03-01 23:00", false)]
    [InlineData("2026-03-02 21:59", false)]
    [InlineData("2026-03-02 22:00", true)]
    [InlineData("2026-03-03 03:59", true)]
    [InlineData("2026-03-03 04:00", false)]
    [InlineData("2026-03-03 22:30", false)]
    [InlineData("2026-03-07 01:00", true)]
    public void A_window_past_midnight_belongs_to_the_day_on_which_it_began(string at, bool open) =>
        Assert.Equal(open, Nights.IsOpen(DateTime.Parse(at)));

    [Theory]
    [InlineData("2026-03-01 23:00", "2026-03-02 22:00")]
    [InlineData("2026-03-03 04:00", "2026-03-06 22:00")]
    [InlineData("2026-03-07 05:00", "2026-03-09 22:00")]
    [InlineData("2026-03-02 23:00", "2026-03-02 23:00")]
    public void A_closed_window_says_when_it_opens(string at, string opens) =>
        Assert.Equal(DateTime.Parse(opens), Nights.NextOpening(DateTime.Parse(at)));

    [Fact]
    public void Outside_of_the_window_a_go_does_not_count_and_a_no_go_does()
    {
        var view = new GateView { Gate = Some.Gate() with { Window = Nights }, Run = Guid.Empty, Batch = "batch", Requester = "x", Checks = [], Evidence = "e" };
        var go = new Decision { Answer = Answer.Go, Who = "ada" };

        Assert.Equal("The release window is closed (mon, fri 22:00 to 04:00 UTC); it opens at 2026-03-02 22:00 UTC.", GateRules.Refuse(view, go, Noon));
        Assert.Null(GateRules.Refuse(view, go with { Answer = Answer.NoGo }, Noon));
        Assert.Null(GateRules.Refuse(view, go, Noon.AddHours(35)));
    }

    [Fact]
    public void A_gate_that_expired_hears_nobody() =>
        Assert.Equal(
            "The gate expired at 2026-03-01 12:00 UTC.",
            GateRules.Refuse(
                new GateView { Gate = Some.Gate(), Run = Guid.Empty, Batch = "batch", Requester = "x", Checks = [], Evidence = "e", ExpiresAt = Noon },
                new Decision { Answer = Answer.Go, Who = "ada" },
                Noon));

    [Fact]
    public void People_are_reminded_again_and_again_and_others_are_told_once()
    {
        var gate = Some.Gate() with { RemindEvery = TimeSpan.FromHours(4), EscalateAfter = TimeSpan.FromHours(6), EscalateTo = ["boss"] };
        var reminders = GateReminders.From(gate, Noon);
        var told = new List<string>();
        while (told.Count < 4)
        {
            var at = reminders.Next!.Value;
            (var due, reminders) = reminders.Take(gate, at);
            told.Add($"{(at - Noon).TotalHours} {due}");
        }

        Assert.Equal(["4 Reminder", "6 Escalation", "8 Reminder", "12 Reminder"], told);
    }

    [Fact]
    public void Reminders_that_were_missed_are_one()
    {
        var gate = Some.Gate() with { RemindEvery = TimeSpan.FromHours(4) };

        var (due, left) = GateReminders.From(gate, Noon).Take(gate, Noon.AddDays(3));

        Assert.Equal(NoticeKind.Reminder, due);
        Assert.Null(left.Take(gate, Noon.AddDays(3)).Due);
        Assert.Equal(Noon.AddDays(3).AddHours(4), left.Next);
    }

    [Fact]
    public void A_gate_without_reminders_has_none() => Assert.Null(GateReminders.From(Some.Gate(), Noon).Next);

    [Theory]
    [InlineData(SteeringAct.Pause, BatchPhase.Steps, false, null)]
    [InlineData(SteeringAct.Pause, BatchPhase.Steps, true, "The batch is paused already.")]
    [InlineData(SteeringAct.Resume, BatchPhase.Steps, false, "The batch is not paused.")]
    [InlineData(SteeringAct.Resume, BatchPhase.Gate, true, null)]
    [InlineData(SteeringAct.Abort, BatchPhase.Undoing, false, null)]
    [InlineData(SteeringAct.Abort, BatchPhase.NeedsPerson, false, "The undo has stopped already and waits for 'retry' or 'skip'.")]
    [InlineData(SteeringAct.Retry, BatchPhase.Gate, false, "There is no failed undo to retry or to skip.")]
    [InlineData(SteeringAct.Skip, BatchPhase.NeedsPerson, false, null)]
    [InlineData(SteeringAct.Skip, BatchPhase.Closed, false, "The batch has ended.")]
    public void An_act_that_makes_no_sense_is_refused(SteeringAct act, BatchPhase phase, bool paused, string? refusal) =>
        Assert.Equal(refusal, SteeringRules.Refuse(act, new Steer { Who = "ada", Reason = "why" }, phase, paused));

    [Fact]
    public void Whoever_steers_says_who_and_for_what_cannot_be_taken_back_why()
    {
        Assert.Equal("Say who you are: set 'who'.", SteeringRules.Refuse(SteeringAct.Pause, new Steer(), BatchPhase.Steps, false));
        Assert.Equal("Say why: set 'reason'.", SteeringRules.Refuse(SteeringAct.Abort, new Steer { Who = "ada" }, BatchPhase.Steps, false));
        Assert.Null(SteeringRules.Refuse(SteeringAct.Pause, new Steer { Who = "ada" }, BatchPhase.Steps, false));
    }
}
