using Google.Protobuf;

namespace Temporalio.Client;

/// <summary>The way of a request to the server: over the network, or as a test wants it.</summary>
internal interface IRpcInvoker
{
    Task<T> InvokeAsync<T>(string service, string method, IMessage request, MessageParser<T> parser, RpcOptions? options)
        where T : class, IMessage<T>;
}
