using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using OperatorService = Temporalio.Api.OperatorService.V1;
using TestService = Temporalio.Api.TestService.V1;
using WorkflowService = Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

public sealed class RouteTests
{
    private static readonly FileDescriptor[] Definitions =
    [
        WorkflowService.ServiceReflection.Descriptor,
        OperatorService.ServiceReflection.Descriptor,
        TestService.ServiceReflection.Descriptor,
        HealthReflection.Descriptor,
    ];

    [Fact]
    public async Task Every_route_has_the_name_and_the_request_of_a_defined_method()
    {
        var defined = Definitions
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .ToDictionary(GrpcRoute.PathOf, method => method.InputType.Parser.GetType());

        await using var parts = await ServerParts.OpenAsync(new TemporalOptions { TimeSkipping = true }, NullLoggerFactory.Instance, CancellationToken.None);

        Assert.All(parts.Routes.All, route => Assert.Equal(defined.GetValueOrDefault(route.Path), route.Parser.GetType()));
    }
}
