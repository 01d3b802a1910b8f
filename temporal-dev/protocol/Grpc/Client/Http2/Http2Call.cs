namespace TemporalDev.Protocol.Grpc;

/// <summary>One request and its answer on a stream. Once it has a connection, that holds the lock for everything but waiting.</summary>
internal sealed class Http2Call(GrpcRequest request, PlainTransport transport)
{
    // What the connection's threads find out must not run what waits for it.
    private readonly TaskCompletionSource<GrpcAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrpcAnswer? _arriving;
    private int _taken;

    public GrpcRequest Request => request;

    public Task<GrpcAnswer> Answer => _answer.Task;

    /// <summary>Null while it waits for one that has room.</summary>
    public Http2Connection? Connection { get; set; }

    public int Stream { get; set; }

    public bool HasSentHeaders { get; set; }

    public long Window { get; set; }

    /// <summary>Bytes that arrived since the server was last given room for more.</summary>
    public int Unacknowledged { get; set; }

    public ReadOnlyMemory<byte> Unsent => request.Frame[_taken..];

    public bool IsSent => HasSentHeaders && _taken == request.Frame.Length;

    public ReadOnlySpan<byte> TakePiece(int bytes)
    {
        var piece = request.Frame.Span.Slice(_taken, bytes);
        _taken += bytes;
        return piece;
    }

    /// <summary>Until it is there, or for so long. What it came to shows when it is awaited.</summary>
    public void WaitHere(TimeSpan limit) => ((IAsyncResult)_answer.Task).AsyncWaitHandle.WaitOne(limit);

    /// <summary>Gives up waiting for it.</summary>
    public void Cancel() => transport.Cancel(this);

    /// <exception cref="GrpcException">The answer cannot be taken.</exception>
    public void Receive(List<KeyValuePair<string, string>> fields)
    {
        if (_arriving is not null)
        {
            _arriving.Trailers = fields;
            return;
        }

        var status = fields.Find(static field => field.Key == ":status").Value;
        if (!int.TryParse(status, out var code))
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the server answered with the HTTP status '{status}'");
        }

        // What is only on the way (100 to 199) is followed by the answer itself.
        if (code >= 200)
        {
            _arriving = GrpcAnswer.Begin(code, fields, request.MaxAnswerBytes);
        }
    }

    /// <exception cref="GrpcException">The message cannot be taken.</exception>
    public void Receive(ReadOnlySpan<byte> data) => _arriving?.Message?.Append(data);

    public void Complete()
    {
        if (_arriving is { } answer && _answer.TrySetResult(answer))
        {
            _arriving = null;
            return;
        }

        Fail(new Http2Exception("The stream ended without an answer.", Http2Error.Protocol));
    }

    public void Fail(Exception reason)
    {
        _answer.TrySetException(reason);
        Forget();
    }

    public void SetCancelled()
    {
        _answer.TrySetCanceled();
        Forget();
    }

    private void Forget()
    {
        _arriving?.Dispose();
        _arriving = null;
    }
}
