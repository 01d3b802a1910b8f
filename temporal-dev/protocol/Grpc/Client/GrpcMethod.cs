using Google.Protobuf;

namespace TemporalDev.Protocol.Grpc;

/// <summary>
/// A unary method by its names. A descriptor says the same and checks more, but loading one loads those of the whole
/// service: over half a second in a new process, which a command that makes one call cannot spare.
/// </summary>
public sealed record GrpcMethod<TResponse>(string Service, string Name, MessageParser<TResponse> Parser)
    where TResponse : class, IMessage<TResponse>
{
    internal string Path => $"{Service}/{Name}";
}
