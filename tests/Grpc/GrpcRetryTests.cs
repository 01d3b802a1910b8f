using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcRetryTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(GrpcStatusCode.Internal, true)]
    [InlineData(GrpcStatusCode.Unknown, true)]
    [InlineData(GrpcStatusCode.ResourceExhausted, true)]
    [InlineData(GrpcStatusCode.Aborted, true)]
    [InlineData(GrpcStatusCode.OutOfRange, true)]
    [InlineData(GrpcStatusCode.Unavailable, true)]
    [InlineData(GrpcStatusCode.DataLoss, true)]
    [InlineData(GrpcStatusCode.Cancelled, false)]
    [InlineData(GrpcStatusCode.InvalidArgument, false)]
    [InlineData(GrpcStatusCode.DeadlineExceeded, false)]
    [InlineData(GrpcStatusCode.NotFound, false)]
    [InlineData(GrpcStatusCode.AlreadyExists, false)]
    [InlineData(GrpcStatusCode.PermissionDenied, false)]
    [InlineData(GrpcStatusCode.FailedPrecondition, false)]
    [InlineData(GrpcStatusCode.Unimplemented, false)]
    [InlineData(GrpcStatusCode.Unauthenticated, false)]
    public void Only_codes_that_may_go_away_are_tried_again(GrpcStatusCode code, bool retried) =>
        Assert.Equal(retried, Start(new GrpcRetryPolicy()).Next(Failure(code)) is not null);

    [Fact]
    public void Waits_grow_to_a_limit_until_ten_seconds_have_passed()
    {
        var retry = Start(new GrpcRetryPolicy { Jitter = 0 });

        var waits = new List<double>();
        while (retry.Next(Failure(GrpcStatusCode.Unavailable)) is { } wait)
        {
            _time.Pass(wait);
            waits.Add(Math.Round(wait.TotalMilliseconds));
        }

        Assert.Equal([100, 150, 225, 338, 506, 759, 1139, 1709, 2563], waits);
    }

    [Fact]
    public void The_longest_wait_bounds_all_others()
    {
        var retry = Start(new GrpcRetryPolicy { Jitter = 0, MaxElapsed = null, MaxAttempts = 0 });

        var waits = Enumerable.Range(0, 1000).Select(_ => retry.Next(Failure(GrpcStatusCode.Unavailable))!.Value).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(5), waits[^1]);
        Assert.Equal(waits.Order(), waits);
    }

    [Fact]
    public void The_tenth_failure_is_the_last()
    {
        var retry = Start(new GrpcRetryPolicy { MaxElapsed = null });

        for (var i = 1; i < 10; i++)
        {
            Assert.NotNull(retry.Next(Failure(GrpcStatusCode.Unavailable)));
        }

        Assert.Null(retry.Next(Failure(GrpcStatusCode.Unavailable)));
    }

    [Fact]
    public void A_wait_that_would_end_too_late_is_not_begun()
    {
        var retry = Start(new GrpcRetryPolicy { Jitter = 0 });
        Assert.NotNull(retry.Next(Failure(GrpcStatusCode.Unavailable)));
        _time.Pass(TimeSpan.FromMilliseconds(9_901));

        Assert.Null(retry.Next(Failure(GrpcStatusCode.Unavailable)));
    }

    [Fact]
    public void A_call_that_waited_for_long_before_it_broke_has_all_its_time_left()
    {
        var retry = Start(new GrpcRetryPolicy { Jitter = 0 });
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromMilliseconds(100), retry.Next(Failure(GrpcStatusCode.Unavailable)));
    }

    [Fact]
    public void Jitter_stays_within_its_share_and_uses_all_of_it()
    {
        var random = new Random(5);

        var waits = Enumerable.Range(0, 1000)
            .Select(_ => new GrpcRetry(new GrpcRetryPolicy(), _time, random).Next(Failure(GrpcStatusCode.Unavailable))!.Value.TotalMilliseconds)
            .ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, 80, 120));
        Assert.True(waits.Min() < 82 && waits.Max() > 118, $"Saw {waits.Min()} to {waits.Max()}.");
    }

    [Fact]
    public void An_overloaded_server_is_given_a_second_and_more()
    {
        var retry = Start(new GrpcRetryPolicy { Jitter = 0 });

        Assert.Equal(TimeSpan.FromSeconds(1), retry.Next(Failure(GrpcStatusCode.ResourceExhausted)));
        Assert.Equal(TimeSpan.FromSeconds(2), retry.Next(Failure(GrpcStatusCode.ResourceExhausted)));
    }

    [Fact]
    public void A_message_that_is_too_large_is_not_sent_twice() =>
        Assert.Null(Start(new GrpcRetryPolicy()).Next(
            new GrpcException(GrpcStatusCode.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)")));

    [Fact]
    public void A_policy_may_add_codes_or_try_only_once()
    {
        var longPoll = new GrpcRetryPolicy { AlsoRetry = new HashSet<GrpcStatusCode> { GrpcStatusCode.DeadlineExceeded } };

        Assert.NotNull(Start(longPoll).Next(Failure(GrpcStatusCode.DeadlineExceeded)));
        Assert.Null(Start(longPoll).Next(Failure(GrpcStatusCode.Cancelled)));
        Assert.Null(Start(GrpcRetryPolicy.None).Next(Failure(GrpcStatusCode.Unavailable)));
    }

    private static GrpcException Failure(GrpcStatusCode code) => new(code, "failed");

    private GrpcRetry Start(GrpcRetryPolicy policy) => new(policy, _time, new Random(1));
}
