using Google.Protobuf;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Rpc;

/// <summary>Registers handlers of one service by method name.</summary>
internal sealed class ServiceRoutes(GrpcRoutes routes, string service)
{
    public static ServiceRoutes Workflow(GrpcRoutes routes) => new(routes, "temporal.api.workflowservice.v1.WorkflowService");

    public void Add<TRequest, TResponse>(string method, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse> =>
        routes.Unary(service, method, handler);
}
