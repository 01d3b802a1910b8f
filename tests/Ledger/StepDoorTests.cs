using Orchestrator.Activities;
using Orchestrator.Activities.Ledger;

namespace Orchestrator.Tests.Ledger;

public sealed class StepDoorTests
{
    private static readonly StepKey Key = new("plan", "batch", "step");

    [Theory]
    [InlineData(null, "Do", "Begin")]
    [InlineData("Undone", "Do", "BeginAgain")]
    [InlineData("Doing", "Do", "Continue")]
    [InlineData("Done", "Do", "Nothing")]
    [InlineData(null, "Undo", "Nothing")]
    [InlineData("Undone", "Undo", "Nothing")]
    [InlineData("Doing", "Undo", "TakeBack")]
    [InlineData("Done", "Undo", "TakeBack")]
    [InlineData("Undoing", "Undo", "TakeBack")]
    public void Opening_a_step_goes_on_from_how_it_was_left(string? state, string direction, string move) =>
        Assert.Equal(Enum.Parse<StepMove>(move), Decide(state, direction, Digest('a')));

    [Theory]
    [InlineData("Doing")]
    [InlineData("Done")]
    public void A_step_whose_files_were_edited_after_it_ran_is_refused(string state) =>
        Assert.Contains("its files were edited since", Assert.Throws<RefusalException>(() => Decide(state, "Do", Digest('b'))).Message);

    [Fact]
    public void A_step_that_was_undone_may_come_back_edited() =>
        Assert.Equal(StepMove.BeginAgain, Decide("Undone", "Do", Digest('b')));

    [Fact]
    public void A_step_that_is_being_undone_is_not_begun() =>
        Assert.Throws<RefusalException>(() => Decide("Undoing", "Do", Digest('a')));

    private static StepMove Decide(string? state, string direction, string digest)
    {
        var row = state is null ? null : new StepRow { Digest = Digest('a'), State = Enum.Parse<StepState>(state), Round = 1, Fence = 1 };
        return StepDoor.Decide(Key, row, digest, Enum.Parse<Direction>(direction));
    }

    private static string Digest(char c) => new(c, 64);
}
