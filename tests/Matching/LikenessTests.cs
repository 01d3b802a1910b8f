using Orchestrator.Activities.Matching;

namespace Orchestrator.Tests.Matching;

public sealed class LikenessTests
{
    [Theory]
    [InlineData("grace hopper", "grace hopper", 1.0, 1.0)]
    [InlineData("grace hopper", "grace hoper", 0.9, 1.0)]
    [InlineData("grace hopper", "ada lovelace", 0.0, 0.3)]
    [InlineData("x", "x", 0.0, 0.0)]
    [InlineData("", "grace", 0.0, 0.0)]
    public void Texts_are_as_like_as_the_pairs_of_letters_that_they_share(string a, string b, double least, double most) =>
        Assert.InRange(Likeness.Of(a, b), least, most);

    [Fact]
    public void The_likeliest_come_first_each_once_and_strangers_not_at_all()
    {
        Neighbour[] neighbours =
        [
            new(1, "grace hopper", "b", "grace hoper"), new(1, "grace hopper", "a", "grace hopperx"), new(1, "grace hopper", "b", "unlike"),
            new(1, "grace hopper", "c", "ada lovelace"), new(2, "alan", "d", "turing"),
        ];

        var ranked = Likeness.Rank(neighbours);

        Assert.Equal([1L], ranked.Keys);
        Assert.Equal(["a", "b"], ranked[1]);
    }

    [Fact]
    public void No_more_than_five_are_shown() =>
        Assert.Equal(5, Likeness.Rank(Enumerable.Range(0, 9).Select(n => new Neighbour(1, "grace", $"{n}", "grace")))[1].Count);
}
