using Google.Protobuf;
using Google.Protobuf.Reflection;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Rpc;

/// <summary>Registers handlers of one service by method name.</summary>
internal sealed class ServiceRoutes(GrpcRoutes routes, ServiceDescriptor service)
{
    public static ServiceRoutes Workflow(GrpcRoutes routes) =>
        new(routes, Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor.Services[0]);

    public void Add<TRequest, TResponse>(string method, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        routes.Unary(service.FindMethodByName(method), handler);
}
