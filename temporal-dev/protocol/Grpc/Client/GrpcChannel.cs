using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Unary calls to one server over HTTP/2 connections, which open with the first call.</summary>
public sealed class GrpcChannel : IDisposable
{
    private const string Authorization = "authorization";

    /// <summary>Enough for a connection, and for being refused one by a busy machine.</summary>
    private static readonly TimeSpan LeastTry = TimeSpan.FromMilliseconds(100);

    private readonly GrpcChannelOptions _options;
    private readonly TimeProvider _time;
    private readonly IGrpcTransport _transport;
    private volatile GrpcMetadata _metadata;
    private volatile string? _apiKey;
    private volatile bool _gzipRefused;

    public GrpcChannel(GrpcChannelOptions options, TimeProvider? time = null)
    {
        options.Validate();
        HostAndPort.Parse(options.Address, nameof(options.Address));
        _options = options;
        _time = time ?? TimeProvider.System;
        _metadata = options.Metadata;
        _apiKey = options.ApiKey;
        _transport = options is { Tls: null, Proxy: null } ? new PlainTransport(options) : new HttpTransport(options);
    }

    /// <summary>May be replaced while calls run; later tries use the new value.</summary>
    public GrpcMetadata Metadata
    {
        get => _metadata;
        set => _metadata = value;
    }

    /// <summary>May be replaced while calls run; later tries use the new value.</summary>
    public string? ApiKey
    {
        get => _apiKey;
        set => _apiKey = value;
    }

    /// <exception cref="GrpcException">The call ended with a status other than OK, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Task<TResponse> UnaryAsync<TResponse>(
        MethodDescriptor method, IMessage request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TResponse : class, IMessage<TResponse>
    {
        Check<TResponse>(method, request);
        var named = new GrpcMethod<TResponse>(method.Service.FullName, method.Name, (MessageParser<TResponse>)method.OutputType.Parser);
        return UnaryAsync(named, request, options, cancellationToken);
    }

    /// <exception cref="GrpcException">The call ended with a status other than OK, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<TResponse> UnaryAsync<TResponse>(
        GrpcMethod<TResponse> method, IMessage request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TResponse : class, IMessage<TResponse>
    {
        options ??= GrpcCallOptions.Default;
        using var deadline = new CallDeadline(options.Timeout ?? _options.DefaultTimeout, _time, cancellationToken);
        var retry = new GrpcRetry(options.Retry ?? _options.Retry, _time, Random.Shared);
        try
        {
            while (true)
            {
                try
                {
                    return await TryAsync(method, request, options, deadline);
                }
                catch (GrpcException failure)
                {
                    // A try that the deadline cuts short would only replace the reason by "deadline exceeded".
                    if (retry.Next(failure) is not { } wait || deadline.Left - wait < LeastTry)
                    {
                        throw;
                    }

                    await Task.Delay(wait, _time, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (deadline.Left < LeastTry)
                    {
                        throw;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (deadline.Token.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Late(method.Name, deadline);
        }
    }

    public void Dispose() => _transport.Dispose();

    private GrpcException Late(string method, CallDeadline deadline) =>
        new(GrpcStatusCode.DeadlineExceeded, $"{method} had no answer from {_options.Address} within {deadline.Timeout}");

    private static void Check<TResponse>(MethodDescriptor method, IMessage request)
    {
        if (method.InputType != request.Descriptor || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.Name} and returns {method.OutputType.Name}, not {request.Descriptor.Name} and {typeof(TResponse).Name}.", nameof(method));
        }
    }

    private async Task<TResponse> TryAsync<TResponse>(GrpcMethod<TResponse> method, IMessage request, GrpcCallOptions options, CallDeadline deadline)
        where TResponse : class, IMessage<TResponse>
    {
        var compression = _gzipRefused ? GrpcCompression.None : _options.Compression;
        using var encoded = EncodedRequest.Encode(request, compression, _options);
        try
        {
            return await ExchangeAsync(method, encoded, options, deadline);
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.Unimplemented && encoded.IsCompressed)
        {
            // Either the method or the compression is unknown to the server; the same call without compression tells which.
        }

        using var plain = EncodedRequest.Encode(request, GrpcCompression.None, _options);
        try
        {
            var response = await ExchangeAsync(method, plain, options, deadline);
            _gzipRefused = true;
            return response;
        }
        catch (GrpcException failure) when (failure.Code != GrpcStatusCode.Unimplemented)
        {
            _gzipRefused = true;
            throw;
        }
    }

    private async Task<TResponse> ExchangeAsync<TResponse>(GrpcMethod<TResponse> method, EncodedRequest encoded, GrpcCallOptions options, CallDeadline deadline)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            var request = new GrpcRequest($"/{method.Path}", Headers(encoded.IsCompressed, options, deadline), encoded, _options.MaxResponseBytes);
            using var answer = await _transport.SendAsync(request, deadline.Token);
            return (TResponse)GrpcAnswerReader.Read(answer, method.Parser);
        }
        catch (IOException failure)
        {
            deadline.Token.ThrowIfCancellationRequested();
            // The server keeps the deadline too, and resets the stream where it is the first to notice.
            throw deadline.Left <= TimeSpan.Zero && TransportFailures.IsCancellation(failure)
                ? Late(method.Name, deadline)
                : TransportFailures.Classify(failure, _options.Address);
        }
    }

    private List<KeyValuePair<string, string>> Headers(bool compressed, GrpcCallOptions options, CallDeadline deadline)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("te", "trailers"),
            new("user-agent", _options.UserAgent),
            new(GrpcHeaders.Timeout, GrpcTimeout.Format(deadline.Left)),
            new(GrpcHeaders.AcceptEncoding, GrpcHeaders.AcceptedEncodings),
        ];
        if (compressed)
        {
            headers.Add(new(GrpcHeaders.Encoding, GrpcHeaders.Gzip));
        }

        AddMetadata(headers, options.Metadata ?? []);
        return headers;
    }

    // The nearer setting replaces the farther: the call's metadata, then the channel's, then the API key.
    private void AddMetadata(List<KeyValuePair<string, string>> headers, GrpcMetadata ofCall)
    {
        var ofChannel = _metadata;
        foreach (var (name, value) in ofCall)
        {
            headers.Add(new(name, value));
        }

        foreach (var (name, value) in ofChannel)
        {
            if (ofCall.Get(name) is null)
            {
                headers.Add(new(name, value));
            }
        }

        if (_apiKey is { } key && ofCall.Get(Authorization) is null && ofChannel.Get(Authorization) is null)
        {
            headers.Add(new(Authorization, GrpcHeaders.BearerPrefix + key));
        }
    }
}
