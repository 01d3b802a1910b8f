using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Temporalio.Client;

/// <summary>A gRPC service, call by call, without the conveniences of <see cref="ITemporalClient" />.</summary>
public abstract class RpcService
{
    private const string MethodSuffix = "Async";
    private readonly IRpcInvoker _invoker;

    private protected RpcService(IRpcInvoker invoker) => _invoker = invoker;

    internal abstract string FullName { get; }

    private protected Task<T> CallAsync<T>(
        IMessage request, MessageParser<T> parser, RpcOptions? options, [CallerMemberName] string method = "")
        where T : class, IMessage<T> =>
        _invoker.InvokeAsync(FullName, method[..^MethodSuffix.Length], request, parser, options);
}
