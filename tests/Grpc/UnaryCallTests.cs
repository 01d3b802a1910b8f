using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_call_reaches_its_handler_and_brings_back_the_reply()
    {
        var describe = ServiceReflection.Descriptor.Services[0].FindMethodByName("DescribeNamespace");
        var routes = new GrpcRoutes();
        routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(describe, (request, call) =>
            Task.FromResult(new DescribeNamespaceResponse { FailoverVersion = request.Namespace.Length }));
        await using var host = await GrpcHost.StartAsync(routes);
        using var channel = host.Connect();

        var response = await channel.UnaryAsync<DescribeNamespaceResponse>(describe, new DescribeNamespaceRequest { Namespace = "default" });

        Assert.Equal(7, response.FailoverVersion);
        Assert.Equal(0, routes.OpenCalls);
    }
}
