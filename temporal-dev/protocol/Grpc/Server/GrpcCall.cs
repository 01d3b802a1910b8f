using Microsoft.AspNetCore.Http;

namespace TemporalDev.Protocol.Grpc;

/// <summary>What a handler may know about the call besides its request, until its task ends.</summary>
public sealed class GrpcCall
{
    private GrpcMetadata? _metadata;
    private string? _peer;

    /// <summary><c>package.Service/Method</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Address and port of the caller.</summary>
    public string Peer
    {
        get => _peer ??= $"{Context?.Connection.RemoteIpAddress}:{Context?.Connection.RemotePort}";
        init => _peer = value;
    }

    /// <summary>The clock of <see cref="Deadline"/>, and of what waits for the caller's sake.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When the caller stops waiting; null when it waits for ever.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Fires when the caller cancels or disappears, at the deadline, and when the host stops.</summary>
    public CancellationToken CancellationToken { get; init; }

    public GrpcMetadata Metadata
    {
        get => _metadata ??= ReadMetadata();
        init => _metadata = value;
    }

    // Most handlers never look at metadata and peer, so both are read on first use.
    internal HttpContext? Context { get; init; }

    internal static GrpcCall Of(HttpContext context, GrpcRoute route, TimeSpan? timeout, TimeProvider time, CancellationToken cancel) => new()
    {
        Method = route.Path[1..],
        Time = time,
        Deadline = timeout is { } left && left < TimeSpan.FromDays(366) ? time.GetUtcNow() + left : null,
        CancellationToken = cancel,
        Context = context,
    };

    private GrpcMetadata ReadMetadata()
    {
        var metadata = new GrpcMetadata();
        if (Context is null)
        {
            return metadata;
        }

        foreach (var (name, values) in Context.Request.Headers)
        {
            var key = name.ToLowerInvariant();
            if (GrpcMetadata.IsReserved(key))
            {
                continue;
            }

            foreach (var value in values)
            {
                metadata.AddReceived(key, value ?? "");
            }
        }

        return metadata;
    }
}
