using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Visibility;
using Temporalio.Api.OperatorService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>What operators register: search attributes.</summary>
internal sealed class OperatorRpc(NamespaceRegistry namespaces)
{
    public void Map(GrpcRoutes routes)
    {
        var service = new ServiceRoutes(routes, "temporal.api.operatorservice.v1.OperatorService");
        service.Add<AddSearchAttributesRequest, AddSearchAttributesResponse>("AddSearchAttributes", AddAsync);
        service.Add<RemoveSearchAttributesRequest, RemoveSearchAttributesResponse>("RemoveSearchAttributes", RemoveAsync);
        service.Add<ListSearchAttributesRequest, ListSearchAttributesResponse>("ListSearchAttributes", (request, _) => Task.FromResult(List(request)));
    }

    private async Task<AddSearchAttributesResponse> AddAsync(AddSearchAttributesRequest request, GrpcCall call)
    {
        if (request.SearchAttributes.Count == 0)
        {
            throw Fields.Invalid("SearchAttributes are not set on request.");
        }

        await namespaces.AddAttributesAsync(request.Namespace, request.SearchAttributes);
        return new AddSearchAttributesResponse();
    }

    private async Task<RemoveSearchAttributesResponse> RemoveAsync(RemoveSearchAttributesRequest request, GrpcCall call)
    {
        if (request.SearchAttributes.Count == 0)
        {
            throw Fields.Invalid("SearchAttributes are not set on request.");
        }

        await namespaces.RemoveAttributesAsync(request.Namespace, request.SearchAttributes);
        return new RemoveSearchAttributesResponse();
    }

    private ListSearchAttributesResponse List(ListSearchAttributesRequest request)
    {
        var response = new ListSearchAttributesResponse();
        response.CustomAttributes.Add(namespaces.Get(request.Namespace).Attributes.Custom.ToDictionary());
        response.SystemAttributes.Add(KnownAttributes.System.ToDictionary());
        response.SystemAttributes.Add(KnownAttributes.Predefined.ToDictionary());
        return response;
    }
}
