using TemporalDev.Server.Schedules;
using Temporalio.Api.Enums.V1;
using static Temporalio.Api.Enums.V1.ScheduleOverlapPolicy;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class OverlapDecisionTests
{
    [Theory]
    [InlineData(Skip, "", "1", "", 2)]
    [InlineData(BufferOne, "", "1", "2", 1)]
    [InlineData(BufferAll, "", "1", "23", 0)]
    [InlineData(CancelOther, "", "3", "", 0)]
    [InlineData(TerminateOther, "", "3", "", 0)]
    [InlineData(AllowAll, "123", "", "", 0)]
    public void Three_starts_while_nothing_runs(ScheduleOverlapPolicy policy, string beside, string alone, string kept, int skipped) =>
        Assert.Equal((beside, alone, kept, skipped, StopKind.None), Seen(Decide(false, policy, policy, policy)));

    [Theory]
    [InlineData(Skip, "", "", 3)]
    [InlineData(BufferOne, "", "1", 2)]
    [InlineData(BufferAll, "", "123", 0)]
    [InlineData(AllowAll, "123", "", 0)]
    public void Three_starts_while_something_runs(ScheduleOverlapPolicy policy, string beside, string kept, int skipped) =>
        Assert.Equal((beside, "", kept, skipped, StopKind.None), Seen(Decide(true, policy, policy, policy)));

    [Theory]
    [InlineData(CancelOther, StopKind.Cancel)]
    [InlineData(TerminateOther, StopKind.Terminate)]
    internal void What_runs_has_to_make_way_and_is_told_once(ScheduleOverlapPolicy policy, StopKind stop)
    {
        var first = Decide(true, policy);
        var second = OverlapDecision.Of(first.Kept, true, asked => asked);

        Assert.Equal(("", "", "1", 0, stop), Seen(first));
        Assert.Equal(("", "", "1", 0, StopKind.None), Seen(second));
    }

    [Fact]
    public void Termination_outweighs_cancellation() => Assert.Equal(StopKind.Terminate, Decide(true, TerminateOther, CancelOther).Stop);

    [Fact]
    public void A_start_that_names_no_policy_has_that_of_the_schedule()
    {
        var decision = OverlapDecision.Of([Start(1)], true, asked => asked == Unspecified ? BufferAll : asked);

        Assert.Single(decision.Kept);
    }

    private static OverlapDecision Decide(bool isRunning, params ScheduleOverlapPolicy[] policies) =>
        OverlapDecision.Of(policies.Select((policy, index) => Start(index + 1) with { Overlap = policy }), isRunning, asked => asked);

    private static PlannedStart Start(int number) => new(number, SomeSchedule.Noon, SomeSchedule.Noon);

    private static (string Beside, string Alone, string Kept, int Skipped, StopKind Stop) Seen(OverlapDecision decision) =>
        (Numbers(decision.Beside), $"{decision.Alone?.Number}", Numbers(decision.Kept), decision.Skipped, decision.Stop);

    private static string Numbers(IEnumerable<PlannedStart> starts) => string.Concat(starts.Select(start => start.Number));
}
