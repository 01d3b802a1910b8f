using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Rpc;

/// <summary>How long a waiting call may wait: its own limit, but never so long that the caller gives up first.</summary>
internal sealed class LongPoll
{
    /// <summary>Time for the answer to reach the caller before its deadline.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly TimeSpan _limit;

    private LongPoll(TimeSpan limit) => _limit = limit;

    public static LongPoll Deadline(GrpcCall call, TimeSpan limit)
    {
        var untilDeadline = call.Deadline is { } deadline ? deadline - TimeProvider.System.GetUtcNow() - Margin : limit;
        var wait = untilDeadline < limit ? untilDeadline : limit;
        return new LongPoll(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    public TimeSpan Left
    {
        get
        {
            var left = _limit - TimeProvider.System.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
