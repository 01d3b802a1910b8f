using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TemporalDev.Protocol.Grpc;

/// <summary>The methods that a server answers. Fill it before the host starts; it is read without locks afterwards.</summary>
public sealed class GrpcRoutes
{
    private readonly Dictionary<string, GrpcRoute> _byPath = new(StringComparer.Ordinal);
    private int _openCalls;

    /// <summary>Calls that have arrived and whose reply has not left yet.</summary>
    public int OpenCalls => Volatile.Read(ref _openCalls);

    public IEnumerable<GrpcRoute> All => _byPath.Values;

    public void Unary<TRequest, TResponse>(MethodDescriptor method, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (method.IsClientStreaming || method.IsServerStreaming)
        {
            throw new ArgumentException($"{method.FullName} is a streaming method; only unary methods are served.", nameof(method));
        }

        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.Name} and returns {method.OutputType.Name}, the handler takes {typeof(TRequest).Name} and returns {typeof(TResponse).Name}.",
                nameof(handler));
        }

        Add(method.Service.FullName, method.Name, method.InputType.Parser, handler);
    }

    /// <summary>
    /// By name, for a server that should be there soon: the descriptors of Temporal's service take a second of processor time to build,
    /// and no call needs them.
    /// </summary>
    public void Unary<TRequest, TResponse>(string service, string method, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        Add(service, method, new MessageParser<TRequest>(() => new TRequest()), handler);

    /// <summary>Finds a method by its path on the wire, <c>/package.Service/Method</c>.</summary>
    public bool TryFind(string path, [NotNullWhen(true)] out GrpcRoute? route) => _byPath.TryGetValue(path, out route);

    internal bool TryOpen(int maxOpenCalls)
    {
        if (Interlocked.Increment(ref _openCalls) <= maxOpenCalls)
        {
            return true;
        }

        Close();
        return false;
    }

    internal void Close() => Interlocked.Decrement(ref _openCalls);

    private void Add<TRequest, TResponse>(string service, string method, MessageParser parser, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var route = new GrpcRoute(service, method, parser, async (request, call) => await handler((TRequest)request, call));
        if (!_byPath.TryAdd(route.Path, route))
        {
            throw new ArgumentException($"{service}.{method} already has a handler.", nameof(method));
        }
    }
}

/// <summary>One method and what answers it.</summary>
public sealed class GrpcRoute
{
    private readonly Func<IMessage, GrpcCall, Task<IMessage>> _handler;

    internal GrpcRoute(string service, string name, MessageParser parser, Func<IMessage, GrpcCall, Task<IMessage>> handler)
    {
        Name = name;
        Path = PathOf(service, name);
        Parser = parser;
        _handler = handler;
    }

    public string Name { get; }

    public string Path { get; }

    /// <summary>Reads its requests.</summary>
    public MessageParser Parser { get; }

    public static string PathOf(MethodDescriptor method) => PathOf(method.Service.FullName, method.Name);

    private static string PathOf(string service, string name) => $"/{service}/{name}";

    /// <summary>How its calls have ended so far.</summary>
    public CallCounts Calls { get; } = new();

    public async Task<IMessage> InvokeAsync(IMessage request, GrpcCall call)
    {
        var started = Stopwatch.GetTimestamp();
        var status = GrpcStatusCode.Internal;
        try
        {
            var reply = await _handler(request, call);
            status = GrpcStatusCode.Ok;
            return reply;
        }
        catch (GrpcException failure)
        {
            status = failure.Code;
            throw;
        }
        catch (OperationCanceledException)
        {
            status = GrpcStatusCode.Cancelled;
            throw;
        }
        finally
        {
            Calls.Add(status, Stopwatch.GetElapsedTime(started));
        }
    }
}
