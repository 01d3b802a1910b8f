using Grpc.Health.V1;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>What the server says about itself.</summary>
internal static class SystemRpc
{
    /// <summary>The version of the official server whose behaviour this one follows; SDKs compare it with what they need.</summary>
    private const string ServerVersion = "1.32.0";

    public static void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<GetSystemInfoRequest, GetSystemInfoResponse>("GetSystemInfo", (_, _) => Task.FromResult(SystemInfo()));
        workflow.Add<GetClusterInfoRequest, GetClusterInfoResponse>("GetClusterInfo", (_, _) => Task.FromResult(ClusterInfo()));
        var health = new ServiceRoutes(routes, "grpc.health.v1.Health");
        health.Add<HealthCheckRequest, HealthCheckResponse>("Check", (request, _) => Task.FromResult(Health(request)));
    }

    private static GetSystemInfoResponse SystemInfo() => new()
    {
        ServerVersion = ServerVersion,
        Capabilities = new()
        {
            SignalAndQueryHeader = true,
            InternalErrorDifferentiation = true,
            ActivityFailureIncludeHeartbeat = true,
            SupportsSchedules = true,
            EncodedFailureAttributes = true,
            UpsertMemo = true,
            EagerWorkflowStart = true,
            SdkMetadata = true,
            BuildIdBasedVersioning = true,
            CountGroupByExecutionStatus = true,
        },
    };

    private static GetClusterInfoResponse ClusterInfo() => new()
    {
        SupportedClients =
        {
            ["temporal-cli"] = "<2.0.0",
            ["temporal-go"] = "<2.0.0",
            ["temporal-java"] = "<2.0.0",
            ["temporal-php"] = "<2.0.0",
            ["temporal-typescript"] = "<2.0.0",
            ["temporal-ui"] = "<3.0.0",
        },
        ServerVersion = ServerVersion,
        ClusterName = "active",
        ClusterId = TemporalOptions.ClusterId,
        HistoryShardCount = 1,
        PersistenceStore = "postgres",
        VisibilityStore = "postgres",
        InitialFailoverVersion = 1,
        FailoverVersionIncrement = 10,
    };

    private static HealthCheckResponse Health(HealthCheckRequest request) =>
        request.Service is "" or "temporal.api.workflowservice.v1.WorkflowService"
            ? new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving }
            : throw new GrpcException(GrpcStatusCode.NotFound, $"unknown service {request.Service}");
}
