using Temporalio.Api.OperatorService.V1;

namespace Temporalio.Client;

/// <summary>Administration: search attributes, namespaces, clusters. One method for each of the service's RPCs.</summary>
public class OperatorService : RpcService
{
    internal OperatorService(IRpcInvoker invoker)
        : base(invoker)
    {
    }

    internal override string FullName => "temporal.api.operatorservice.v1.OperatorService";

    public Task<AddSearchAttributesResponse> AddSearchAttributesAsync(AddSearchAttributesRequest req, RpcOptions? options = null) => CallAsync(req, AddSearchAttributesResponse.Parser, options);

    public Task<RemoveSearchAttributesResponse> RemoveSearchAttributesAsync(RemoveSearchAttributesRequest req, RpcOptions? options = null) => CallAsync(req, RemoveSearchAttributesResponse.Parser, options);

    public Task<ListSearchAttributesResponse> ListSearchAttributesAsync(ListSearchAttributesRequest req, RpcOptions? options = null) => CallAsync(req, ListSearchAttributesResponse.Parser, options);

    public Task<DeleteNamespaceResponse> DeleteNamespaceAsync(DeleteNamespaceRequest req, RpcOptions? options = null) => CallAsync(req, DeleteNamespaceResponse.Parser, options);

    public Task<AddOrUpdateRemoteClusterResponse> AddOrUpdateRemoteClusterAsync(AddOrUpdateRemoteClusterRequest req, RpcOptions? options = null) => CallAsync(req, AddOrUpdateRemoteClusterResponse.Parser, options);

    public Task<RemoveRemoteClusterResponse> RemoveRemoteClusterAsync(RemoveRemoteClusterRequest req, RpcOptions? options = null) => CallAsync(req, RemoveRemoteClusterResponse.Parser, options);

    public Task<ListClustersResponse> ListClustersAsync(ListClustersRequest req, RpcOptions? options = null) => CallAsync(req, ListClustersResponse.Parser, options);

    public Task<GetNexusEndpointResponse> GetNexusEndpointAsync(GetNexusEndpointRequest req, RpcOptions? options = null) => CallAsync(req, GetNexusEndpointResponse.Parser, options);

    public Task<CreateNexusEndpointResponse> CreateNexusEndpointAsync(CreateNexusEndpointRequest req, RpcOptions? options = null) => CallAsync(req, CreateNexusEndpointResponse.Parser, options);

    public Task<UpdateNexusEndpointResponse> UpdateNexusEndpointAsync(UpdateNexusEndpointRequest req, RpcOptions? options = null) => CallAsync(req, UpdateNexusEndpointResponse.Parser, options);

    public Task<DeleteNexusEndpointResponse> DeleteNexusEndpointAsync(DeleteNexusEndpointRequest req, RpcOptions? options = null) => CallAsync(req, DeleteNexusEndpointResponse.Parser, options);

    public Task<ListNexusEndpointsResponse> ListNexusEndpointsAsync(ListNexusEndpointsRequest req, RpcOptions? options = null) => CallAsync(req, ListNexusEndpointsResponse.Parser, options);
}
