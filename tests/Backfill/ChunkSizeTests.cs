using Orchestrator.Activities.Transfer;

namespace Orchestrator.Tests.Backfill;

public sealed class ChunkSizeTests
{
    private static readonly ChunkSize Fresh = new(new ChunkLimits(First: 1_000, Least: 50, Most: 100_000, TimeSpan.FromMilliseconds(400)));

    [Theory]
    [InlineData(400, 1_000)]
    [InlineData(200, 2_000)]
    [InlineData(10, 4_000)]
    [InlineData(800, 500)]
    [InlineData(60_000, 250)]
    public void The_next_chunk_follows_the_clock_but_not_by_leaps(int milliseconds, int expected) =>
        Assert.Equal(expected, Fresh.Passed(1_000, TimeSpan.FromMilliseconds(milliseconds)).Next);

    [Fact]
    public void Size_stays_within_its_limits()
    {
        var grown = Fresh;
        var shrunk = Fresh;
        for (var i = 0; i < 20; i++)
        {
            grown = grown.Passed(grown.Next, TimeSpan.FromMilliseconds(1));
            shrunk = shrunk.Passed(shrunk.Next, TimeSpan.FromMinutes(1));
        }

        Assert.Equal((100_000, 50), (grown.Next, shrunk.Next));
    }

    [Fact]
    public void A_chunk_that_was_not_full_teaches_nothing() =>
        Assert.Equal(1_000, Fresh.Passed(3, TimeSpan.FromMilliseconds(1)).Next);

    [Theory]
    [InlineData(0, 0, 1_000)]
    [InlineData(90_000, 10, 9_000)]
    [InlineData(500, 10, 1_000)]
    [InlineData(900_000_000, 10, 100_000)]
    public void Who_goes_on_with_a_range_begins_with_what_its_chunks_had(long walked, long chunks, int expected) =>
        Assert.Equal(expected, Fresh.GoOn(walked, chunks).Next);

    [Fact]
    public void A_fixed_size_never_moves()
    {
        var size = new ChunkSize(ChunkLimits.Of(fixedRows: 70, target: null));

        Assert.Equal(70, size.Passed(70, TimeSpan.FromMilliseconds(1)).Passed(70, TimeSpan.FromMinutes(5)).Next);
    }

    [Theory]
    [InlineData(1_000, new[] { 0 })]
    [InlineData(1_000, new[] { 999 })]
    [InlineData(1_000, new[] { 321 })]
    [InlineData(1_000, new[] { 5, 6, 700 })]
    [InlineData(1, new[] { 0 })]
    [InlineData(1_000, new int[0])]
    public void Every_bad_row_is_found_and_nothing_else_is_set_aside(int rows, int[] bad)
    {
        var (asided, attempts) = Walk(rows, bad);

        Assert.Equal(bad, asided);
        // Twice the logarithm of the chunk for each, and the chunks that there are anyway.
        Assert.InRange(attempts, 1, 2 + (bad.Length * 24));
    }

    [Fact]
    public void A_chunk_that_ran_out_of_time_is_halved_until_it_is_one_row()
    {
        ChunkSize? size = Fresh;
        var tried = new List<int>();
        while (size is not null)
        {
            tried.Add(size.Next);
            size = size.TimedOut(size.Next);
        }

        Assert.Equal([1_000, 500, 250, 125, 62, 31, 15, 7, 3, 1], tried);
    }

    private static (List<int> SetAside, int Attempts) Walk(int rows, int[] bad)
    {
        var size = Fresh;
        var setAside = new List<int>();
        var attempts = 0;
        for (var at = 0; at < rows;)
        {
            attempts++;
            var walked = Math.Min(size.Next, rows - at);
            if (!Enumerable.Range(at, walked).Any(bad.Contains))
            {
                size = size.Passed(walked, TimeSpan.FromMilliseconds(400));
                at += walked;
                continue;
            }

            (size, var move) = size.Failed(walked);
            if (move == PoisonMove.SetAside)
            {
                setAside.Add(at++);
            }
        }

        return (setAside, attempts);
    }
}
