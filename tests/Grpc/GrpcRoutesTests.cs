using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcRoutesTests
{
    private readonly GrpcRoutes _routes = new();

    [Fact]
    public void A_method_has_one_handler()
    {
        _routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(SampleService.Describe, (_, _) => Task.FromResult(new DescribeNamespaceResponse()));

        Assert.Throws<ArgumentException>(() =>
            _routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(SampleService.Describe, (_, _) => Task.FromResult(new DescribeNamespaceResponse())));
    }

    [Fact]
    public void A_handler_has_the_types_of_its_method() =>
        Assert.Throws<ArgumentException>(() =>
            _routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(SampleService.Count, (_, _) => Task.FromResult(new DescribeNamespaceResponse())));

    [Fact]
    public void A_streaming_method_is_not_served() =>
        Assert.Throws<ArgumentException>(() =>
            _routes.Unary<global::Grpc.Health.V1.HealthCheckRequest, global::Grpc.Health.V1.HealthCheckResponse>(
                global::Grpc.Health.V1.HealthReflection.Descriptor.Services[0].FindMethodByName("Watch"),
                (_, _) => Task.FromResult(new global::Grpc.Health.V1.HealthCheckResponse())));

    [Fact]
    public async Task A_route_can_be_called_without_a_socket()
    {
        _routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(SampleService.Describe, (request, call) =>
            Task.FromResult(new DescribeNamespaceResponse { NamespaceInfo = new() { Name = request.Namespace, OwnerEmail = call.Metadata.Get("client-name") } }));

        Assert.True(_routes.TryFind("/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace", out var route));
        var call = new GrpcCall { Method = route.Path[1..], Peer = "test", Metadata = new GrpcMetadata { { "client-name", "tests" } } };
        var response = await route.InvokeAsync(new DescribeNamespaceRequest { Namespace = "default" }, call);

        Assert.Equal(new DescribeNamespaceResponse { NamespaceInfo = new() { Name = "default", OwnerEmail = "tests" } }, response);
    }
}
