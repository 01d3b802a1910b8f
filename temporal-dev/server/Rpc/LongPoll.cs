using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Rpc;

/// <summary>How long a waiting call may wait: its own limit, but never so long that the caller gives up first.</summary>
internal sealed class LongPoll
{
    /// <summary>Time for the answer to reach the caller before its deadline.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _limit;

    private LongPoll(TimeProvider time, TimeSpan limit)
    {
        _time = time;
        _started = time.GetTimestamp();
        _limit = limit;
    }

    public static LongPoll Deadline(GrpcCall call, TimeSpan limit)
    {
        if (call.Deadline is not { } deadline)
        {
            return new LongPoll(call.Time, limit);
        }

        var left = deadline - call.Time.GetUtcNow();
        // With no room for the margin the call runs into its deadline: an empty answer at once would be asked for again at once.
        var wait = left > Margin ? left - Margin : limit;
        return new LongPoll(call.Time, wait < limit ? wait : limit);
    }

    public TimeSpan Left
    {
        get
        {
            var left = _limit - _time.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
