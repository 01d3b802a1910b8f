using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>
/// Typed details of a gRPC error, found by their type's name. Protobuf's own way needs the descriptors of the whole
/// service, which take longer to load than all else that a short-lived client does.
/// </summary>
internal static class StatusDetails
{
    private const string Package = "temporal.api.errordetails.v1.";

    public static T? Find<T>(RpcException failure, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        failure.GrpcStatus.Value is { } status ? Find(status.Details, parser) : null;

    public static T? Find<T>(IEnumerable<Any> details, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        details.FirstOrDefault(Is<T>) is { } detail ? parser.ParseFrom(detail.Value) : null;

    public static bool Is<T>(Any detail) => detail.TypeUrl.EndsWith("/" + Package + typeof(T).Name, StringComparison.Ordinal);
}
