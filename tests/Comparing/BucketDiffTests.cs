using Orchestrator.Activities.Compare;

namespace Orchestrator.Tests.Comparing;

public sealed class BucketDiffTests
{
    [Fact]
    public void Buckets_differ_by_count_or_sum_and_by_being_there()
    {
        BucketSum[] here = [new(1, 2, 30), new(2, 2, 30), new(3, 2, 30), new(5, 1, 1)];
        BucketSum[] there = [new(1, 2, 30), new(2, 4, 30), new(3, 2, 31), new(9, 1, 1)];

        Assert.Equal([2, 3, 5, 9], BucketDiff.Differing(here, there));
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(30, "1,2")]
    [InlineData(60, "1,2,3")]
    public void As_many_buckets_are_fetched_as_the_limit_has_room_for_and_at_least_one(long rows, string fetched)
    {
        BucketSum[] sums = [new(1, 10, 0), new(1, 9, 0), new(2, 20, 0), new(3, 30, 0)];

        Assert.Equal(fetched, string.Join(",", BucketDiff.Few([1, 2, 3], sums, rows)));
    }

    [Fact]
    public void Rows_are_missing_extra_or_different()
    {
        var here = new Dictionary<string, long> { ["[1]"] = 10, ["[2]"] = 20, ["[3]"] = 30 };
        var there = new Dictionary<string, long> { ["[1]"] = 10, ["[2]"] = 21, ["[4]"] = 40 };

        Assert.Equal(
            [new RowDifference("[2]", DifferenceKind.Different), new RowDifference("[3]", DifferenceKind.OnlyHere), new RowDifference("[4]", DifferenceKind.OnlyThere)],
            BucketDiff.Compare(here, there));
    }
}
