namespace Temporalio.Client;

/// <summary>Compression of requests. Responses are decompressed either way.</summary>
public abstract record GrpcCompression
{
    private protected GrpcCompression()
    {
    }

    public sealed record None : GrpcCompression;

    /// <summary>The default. A server that does not know gzip gets plain requests from then on.</summary>
    public sealed record Gzip : GrpcCompression;
}
