using Google.Protobuf;
using Google.Rpc;
using Grpc.Health.V1;
using Temporalio.Exceptions;
using TemporalDev.Protocol.Grpc;

namespace Temporalio.Client;

/// <summary>A connection to a Temporal server. Thread-safe; meant to be shared.</summary>
public sealed class TemporalConnection : ITemporalConnection, IRpcInvoker, IDisposable
{
    // A server that is there answers at once; one that is not should be reported, not waited for.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Calls without a timeout of their own wait for as long as their caller does.
    private static readonly TimeSpan NoTimeout = TimeSpan.FromDays(1);

    private readonly GrpcChannel _channel;
    private readonly Lock _metadataLock = new();
    private IReadOnlyCollection<KeyValuePair<string, string>> _rpcMetadata;
    private IReadOnlyCollection<KeyValuePair<string, byte[]>> _rpcBinaryMetadata;

    private TemporalConnection(TemporalConnectionOptions options)
    {
        options.Identity ??= $"{Environment.ProcessId}@{Environment.MachineName}";
        Options = options;
        _rpcMetadata = [.. options.RpcMetadata ?? []];
        _rpcBinaryMetadata = [.. options.RpcBinaryMetadata ?? []];
        _channel = ConnectionChannel.Open(options);
        WorkflowService = new(this);
        OperatorService = new(this);
        TestService = new(this);
    }

    public WorkflowService WorkflowService { get; }

    public OperatorService OperatorService { get; }

    public TestService TestService { get; }

    public TemporalConnectionOptions Options { get; }

    public bool IsConnected { get; private set; }

    public string? ApiKey
    {
        get => _channel.ApiKey;
        set => _channel.ApiKey = value;
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata
    {
        get => _rpcMetadata;
        set => ReplaceMetadata(value, _rpcBinaryMetadata);
    }

    public IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata
    {
        get => _rpcBinaryMetadata;
        set => ReplaceMetadata(_rpcMetadata, value);
    }

    /// <exception cref="InvalidOperationException">The server could not be reached, or refused.</exception>
    public static async Task<TemporalConnection> ConnectAsync(TemporalConnectionOptions options)
    {
        var connection = new TemporalConnection(options);
        try
        {
            await connection.ConnectAsync();
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return connection;
    }

    /// <summary>Connects with the first call.</summary>
    public static TemporalConnection CreateLazy(TemporalConnectionOptions options) => new(options);

    public async Task ConnectAsync()
    {
        if (IsConnected)
        {
            return;
        }

        try
        {
            await WorkflowService.GetSystemInfoAsync(new(), new() { Retry = false, Timeout = ConnectTimeout });
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.Unimplemented)
        {
            // Servers older than the call.
            IsConnected = true;
        }
        catch (RpcException e)
        {
            throw new InvalidOperationException($"Connection to {Options.TargetHost} failed: {e.Message}", e);
        }
    }

    public async Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null)
    {
        var response = await ((IRpcInvoker)this).InvokeAsync(
            "grpc.health.v1.Health",
            "Check",
            new HealthCheckRequest { Service = (service ?? WorkflowService).FullName },
            HealthCheckResponse.Parser,
            options);
        return response.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }

    /// <summary>Closes the connection. Not needed where it lives as long as the process.</summary>
    public void Dispose() => _channel.Dispose();

    async Task<T> IRpcInvoker.InvokeAsync<T>(
        string service, string method, IMessage request, MessageParser<T> parser, RpcOptions? options)
    {
        try
        {
            var response = await _channel.UnaryAsync(
                new GrpcMethod<T>(service, method, parser), request, CallOptions(request, options), options?.CancellationToken ?? default);
            IsConnected = true;
            return response;
        }
        catch (GrpcException e)
        {
            throw ToRpcException(e);
        }
    }

    private static GrpcCallOptions CallOptions(IMessage request, RpcOptions? options)
    {
        var metadata = new GrpcMetadata();
        if (RequestNamespace.Of(request) is { } name)
        {
            metadata.Add("temporal-namespace", name);
        }

        ConnectionChannel.Add(metadata, options?.Metadata, options?.BinaryMetadata);
        return new()
        {
            Timeout = options?.Timeout ?? NoTimeout,
            Metadata = metadata,
            Retry = options?.Retry == true ? null : GrpcRetryPolicy.None,
        };
    }

    private static RpcException ToRpcException(GrpcException e)
    {
        var status = new Status { Code = (int)e.Code, Message = e.Message, Details = { e.Details } };
        return new((RpcException.StatusCode)e.Code, e.Message, status.ToByteArray());
    }

    private void ReplaceMetadata(
        IReadOnlyCollection<KeyValuePair<string, string>> texts, IReadOnlyCollection<KeyValuePair<string, byte[]>> binaries)
    {
        lock (_metadataLock)
        {
            _channel.Metadata = ConnectionChannel.Metadata(texts, binaries);
            _rpcMetadata = [.. texts];
            _rpcBinaryMetadata = [.. binaries];
        }
    }
}
