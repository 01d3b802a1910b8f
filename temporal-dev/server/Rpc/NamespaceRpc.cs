using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

internal sealed class NamespaceRpc(NamespaceRegistry namespaces)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<RegisterNamespaceRequest, RegisterNamespaceResponse>("RegisterNamespace", RegisterAsync);
        workflow.Add<DescribeNamespaceRequest, DescribeNamespaceResponse>("DescribeNamespace", (request, _) => Task.FromResult(Describe(request)));
        workflow.Add<UpdateNamespaceRequest, UpdateNamespaceResponse>("UpdateNamespace", UpdateAsync);
        workflow.Add<ListNamespacesRequest, ListNamespacesResponse>("ListNamespaces", (_, _) => Task.FromResult(List()));
    }

    private async Task<RegisterNamespaceResponse> RegisterAsync(RegisterNamespaceRequest request, GrpcCall call)
    {
        Fields.Id(request.Namespace, "Namespace");
        Fields.Retention(request.WorkflowExecutionRetentionPeriod);
        await namespaces.RegisterAsync(request);
        return new RegisterNamespaceResponse();
    }

    private async Task<UpdateNamespaceResponse> UpdateAsync(UpdateNamespaceRequest request, GrpcCall call)
    {
        if (request.Config?.WorkflowExecutionRetentionTtl is { } retention)
        {
            Fields.Retention(retention);
        }

        var updated = WithCapabilities(await namespaces.UpdateAsync(request));
        return new UpdateNamespaceResponse
        {
            NamespaceInfo = updated.NamespaceInfo,
            Config = updated.Config,
            ReplicationConfig = updated.ReplicationConfig,
        };
    }

    private DescribeNamespaceResponse Describe(DescribeNamespaceRequest request)
    {
        var found = request.Id.Length > 0
            ? namespaces.FindById(request.Id) ?? throw NamespaceRegistry.NotFound(request.Id)
            : namespaces.Get(request.Namespace);
        return WithCapabilities(found);
    }

    private ListNamespacesResponse List()
    {
        var response = new ListNamespacesResponse();
        response.Namespaces.AddRange(namespaces.All.Select(WithCapabilities));
        return response;
    }

    /// <summary>Capabilities are the program's, not the namespace's, and are never stored with it.</summary>
    private static DescribeNamespaceResponse WithCapabilities(Namespace found)
    {
        var description = found.Description.Clone();
        description.NamespaceInfo.SupportsSchedules = true;
        description.NamespaceInfo.Capabilities = new()
        {
            EagerWorkflowStart = true,
            SyncUpdate = true,
            AsyncUpdate = true,
            WorkerHeartbeats = true,
            WorkerPollCompleteOnShutdown = true,
        };
        description.NamespaceInfo.Limits = new()
        {
            BlobSizeLimitError = Limits.BlobBytes,
            MemoSizeLimitError = Limits.MemoBytes,
        };
        return description;
    }
}
