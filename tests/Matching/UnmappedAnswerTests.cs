using Orchestrator.Activities.Ledger;

namespace Orchestrator.Tests.Matching;

public sealed class UnmappedAnswerTests
{
    [Theory]
    [InlineData(UnmappedAct.Assign, "open", null)]
    [InlineData(UnmappedAct.Resolve, "open", null)]
    [InlineData(UnmappedAct.Resolve, "resolved", null)]
    [InlineData(UnmappedAct.Resolve, "closed", "it is closed; 'unmapped reopen' first.")]
    [InlineData(UnmappedAct.Close, "settled", "it is settled: the step has found a pair, or does not ask any more.")]
    [InlineData(UnmappedAct.Reopen, "closed", null)]
    [InlineData(UnmappedAct.Reopen, "open", "it is open.")]
    public void An_answer_fits_the_state_of_its_entry_or_is_refused(UnmappedAct act, string state, string? refusal) =>
        Assert.Equal(refusal, new UnmappedAnswer(act, "ada", "so").Refuse(state));
}
