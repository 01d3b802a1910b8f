using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

public sealed class TransferDecisionTests
{
    [Fact]
    public void Ranges_hold_equal_numbers_of_a_skewed_key()
    {
        // Nine tenths of the keys are below ten.
        var sample = Enumerable.Range(0, 90).Select(i => Key($"0{i / 10}.{i:00}")).Concat(Enumerable.Range(0, 10).Select(i => Key($"9{i}"))).ToList();

        var spans = RangeCuts.Cut(sample, null, Key("99"), parts: 4, estimate: 1_000);

        Assert.Equal([null, "02.24", "04.49", "07.74"], spans.Select(s => s.After?[0]));
        Assert.Equal(["02.24", "04.49", "07.74", "99"], spans.Select(s => s.Last![0]));
        Assert.All(spans, s => Assert.Equal(250, s.Estimate));
    }

    [Fact]
    public void Ranges_cover_everything_once_however_small_the_sample_is()
    {
        for (var keys = 0; keys < 6; keys++)
        {
            for (var parts = 1; parts < 8; parts++)
            {
                var sample = Enumerable.Range(0, keys).Select(i => Key($"{i}")).ToList();

                var spans = RangeCuts.Cut(sample, null, Key("5"), parts, 100);

                Assert.Null(spans[0].After);
                Assert.Equal("5", spans[^1].Last![0]);
                Assert.Equal(spans.SkipLast(1).Select(s => s.Last![0]), spans.Skip(1).Select(s => s.After![0]));
                Assert.Equal(spans.Count, spans.Select(s => s.Last![0]).Distinct().Count());
            }
        }
    }

    [Fact]
    public void The_largest_rest_is_worth_stealing_and_a_small_one_is_not()
    {
        RangeRow[] ranges =
        [
            new() { Number = 1, Estimate = 1_000, Walked = 900 },
            new() { Number = 2, Estimate = 1_000, Walked = 200 },
            new() { Number = 3, Estimate = 9_000, Walked = 0, State = RangeState.Done },
        ];

        Assert.Equal(2, RangeCuts.WorthStealing(ranges, least: 500)!.Number);
        Assert.Null(RangeCuts.WorthStealing(ranges, least: 801));
    }

    [Theory]
    [InlineData(null, 1_000, 100, 0)]
    [InlineData(0, 1_000, 100, 0)]
    [InlineData(1_000, 1_000, 100, 1_900)]
    [InlineData(1_000, 1_000, 5_000, 0)]
    [InlineData(1, 1_000_000, 0, 30_000)]
    public void A_lane_rests_until_its_share_of_the_rate_is_kept(int? rate, long rows, int tookMilliseconds, int restMilliseconds) =>
        Assert.Equal(restMilliseconds, RowPace.RestAfter(rows, TimeSpan.FromMilliseconds(tookMilliseconds), rate, lanes: 2).TotalMilliseconds);

    [Fact]
    public void Work_waits_above_the_limit_and_where_nothing_was_measured()
    {
        var throttle = new Throttle(ThrottleKind.LockWaiters, 5);

        Assert.Null(ThrottleReading.ReasonToWait(throttle, 5, null));
        Assert.Equal("sessions that wait for locks: 7, wanted at most 5", ThrottleReading.ReasonToWait(throttle, 7, null));
        Assert.Equal("sessions that wait for locks gave no number", ThrottleReading.ReasonToWait(throttle, null, null));
        Assert.Equal("sessions that wait for locks cannot be measured: no privilege", ThrottleReading.ReasonToWait(throttle, 1, "no privilege"));
    }

    [Theory]
    [InlineData("12.5\n", 12.5)]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1700000000,\"3.25\"]}]}}", 3.25)]
    [InlineData("{\"data\":{\"result\":[]}}", null)]
    [InlineData("[1]", null)]
    [InlineData("<html>", null)]
    [InlineData("", null)]
    public void A_metric_is_a_number_or_the_answer_of_prometheus(string body, double? expected) =>
        Assert.Equal((decimal?)expected, ThrottleReading.NumberOf(body));

    [Fact]
    public void A_rate_needs_two_looks()
    {
        Assert.Null(ThrottleReading.Rate(null, 100, TimeSpan.FromSeconds(1)));
        Assert.Equal(50, ThrottleReading.Rate(100, 200, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_tuning_that_makes_no_sense_is_refused_with_a_sentence()
    {
        Assert.StartsWith("Nothing to change", TuningRules.Refuse(new Tuning { Who = "ada" }));
        Assert.Equal("A chunk of 5 ms is not from 10 to 60000 ms.", TuningRules.Refuse(new Tuning { ChunkMilliseconds = 5 }));
        Assert.Equal("17 lanes are not from 1 to 16.", TuningRules.Refuse(new Tuning { Lanes = 17 }));
        Assert.Equal("-1 rows a second are fewer than none.", TuningRules.Refuse(new Tuning { RowsPerSecond = -1 }));
        Assert.Null(TuningRules.Refuse(new Tuning { RowsPerSecond = 0 }));
        Assert.Equal("ada asked for chunks of 50 ms, 3 lanes", TuningRules.Describe(new Tuning { Who = "ada", ChunkMilliseconds = 50, Lanes = 3 }));
    }

    private static string[] Key(string value) => [value];
}
