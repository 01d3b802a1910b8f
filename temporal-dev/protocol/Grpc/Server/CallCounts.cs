using System.Collections.Immutable;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Counts the calls of one method by status and by how long they took. Many threads add, now and then one reads.</summary>
public sealed class CallCounts
{
    // From a quick reply to the longest poll.
    public static readonly ImmutableArray<double> BoundsSeconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];

    private readonly long[] _byStatus = new long[(int)GrpcStatusCode.Unauthenticated + 1];
    private readonly long[] _byDuration = new long[BoundsSeconds.Length + 1];
    private long _ticks;

    public void Add(GrpcStatusCode status, TimeSpan elapsed)
    {
        Interlocked.Increment(ref _byStatus[(int)status]);
        Interlocked.Add(ref _ticks, elapsed.Ticks);
        var bucket = 0;
        while (bucket < BoundsSeconds.Length && elapsed.TotalSeconds > BoundsSeconds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _byDuration[bucket]);
    }

    public long Of(GrpcStatusCode status) => Interlocked.Read(ref _byStatus[(int)status]);

    /// <summary>Calls in each of the spans between two bounds; the last are those beyond every bound.</summary>
    public ImmutableArray<long> ByDuration() => [.. Enumerable.Range(0, _byDuration.Length).Select(index => Interlocked.Read(ref _byDuration[index]))];

    public TimeSpan Total => new(Interlocked.Read(ref _ticks));
}
