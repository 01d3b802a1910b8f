namespace TemporalDev.Protocol.Grpc;

/// <summary>The error codes of RFC 9113, section 7, that are used here.</summary>
internal enum Http2Error
{
    None = 0x0,
    Protocol = 0x1,
    FlowControl = 0x3,
    FrameSize = 0x6,
    RefusedStream = 0x7,
    Cancel = 0x8,
    Compression = 0x9,
}

/// <summary>A stream or its connection ended before the answer was whole.</summary>
internal sealed class Http2Exception(string message, Http2Error? code = null, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>What the server, or this side of it, gave as the reason; null where there was only silence.</summary>
    public Http2Error? Code { get; } = code;

    /// <summary>The server has said, or it is plain, that it has not begun with the request.</summary>
    public bool IsUnprocessed { get; init; }

    public static Http2Exception Closed() => new("The channel is closed.", Http2Error.Cancel);

    /// <summary>The server breaks the protocol, and the connection cannot go on.</summary>
    public static Http2Exception Broken(Http2Error code, string what) => new($"The server breaks HTTP/2: {what}.", code);
}
