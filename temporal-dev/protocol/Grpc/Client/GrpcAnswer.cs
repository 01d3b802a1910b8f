namespace TemporalDev.Protocol.Grpc;

/// <summary>What one try sends.</summary>
/// <param name="Headers">Without those that HTTP itself needs.</param>
internal sealed record GrpcRequest(string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, EncodedRequest Encoded, int MaxAnswerBytes)
{
    public ReadOnlyMemory<byte> Frame => Encoded.Frame;
}

/// <summary>What came back for one try, as HTTP has it.</summary>
internal sealed class GrpcAnswer : IDisposable
{
    private GrpcAnswer(int httpStatus, IReadOnlyList<KeyValuePair<string, string>> headers) => (HttpStatus, Headers) = (httpStatus, headers);

    public int HttpStatus { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Null where the headers have said already that there is none to be taken.</summary>
    public IncomingMessage? Message { get; private init; }

    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; set; } = [];

    public string? ContentType => Find(Headers, "content-type");

    public bool IsGrpc => HttpStatus == 200 && ContentType?.StartsWith(GrpcHeaders.ContentType, StringComparison.Ordinal) == true;

    public static GrpcAnswer Begin(int httpStatus, IReadOnlyList<KeyValuePair<string, string>> headers, int maxMessageBytes)
    {
        var answer = new GrpcAnswer(httpStatus, headers);
        return !answer.IsGrpc || Find(headers, GrpcHeaders.Status) is not null
            ? answer
            : new GrpcAnswer(httpStatus, headers) { Message = new IncomingMessage(Find(headers, GrpcHeaders.Encoding), maxMessageBytes) };
    }

    public static string? Find(IReadOnlyList<KeyValuePair<string, string>> fields, string name)
    {
        foreach (var (key, value) in fields)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    public void Dispose() => Message?.Dispose();
}

/// <summary>The way to one server: over plain text its own, over TLS and proxies that of the runtime.</summary>
internal interface IGrpcTransport : IDisposable
{
    /// <exception cref="IOException">The answer did not come, or not whole.</exception>
    /// <exception cref="GrpcException">It was not taken.</exception>
    Task<GrpcAnswer> SendAsync(GrpcRequest request, CancellationToken cancel);
}
