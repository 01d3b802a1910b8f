namespace TemporalDev.Protocol.Grpc;

/// <summary>Whether a connection still lives and is still needed, by what was heard of its server. Moments are milliseconds of one clock.</summary>
internal sealed class Http2Pulse(GrpcKeepAlive? keepAlive, long now)
{
    private long _heard = now;
    private long _used = now;
    private long? _pinged;

    public void Hear(long now) => (_heard, _pinged) = (now, null);

    /// <summary>A call has begun or ended. Answers to pings show that a connection lives, not that it is needed.</summary>
    public void Use(long now) => _used = now;

    public TimeSpan UntilCheck(long now, bool isIdle)
    {
        var due = keepAlive is null ? TransportLimits.Idle : _pinged is null ? Left(_heard, keepAlive.Interval) : Left(_pinged.Value, keepAlive.Timeout);
        var idle = isIdle ? Left(_used, TransportLimits.Idle) : TransportLimits.Idle;
        return due < idle ? due : idle;

        TimeSpan Left(long since, TimeSpan span) => TimeSpan.FromMilliseconds(Math.Max(1, span.TotalMilliseconds - (now - since)));
    }

    /// <summary>True when it is time to ping.</summary>
    /// <exception cref="Http2Exception">It is time to end the connection.</exception>
    public bool Check(long now, bool isIdle)
    {
        if (_pinged is { } pinged && now - pinged >= keepAlive!.Timeout.TotalMilliseconds)
        {
            throw new Http2Exception($"The server has not answered a ping for {keepAlive.Timeout.TotalSeconds} s.");
        }

        if (isIdle && now - _used >= TransportLimits.Idle.TotalMilliseconds)
        {
            throw new Http2Exception("Nobody has needed the connection for a while.");
        }

        var silent = keepAlive is not null && _pinged is null && now - _heard >= keepAlive.Interval.TotalMilliseconds;
        _pinged = silent ? now : _pinged;
        return silent;
    }
}
