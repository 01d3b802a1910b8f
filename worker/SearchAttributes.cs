using Orchestrator.Workflows.Contracts;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Worker;

/// <summary>Makes the names known by which the plain Temporal UI finds programs and batches.</summary>
public static class SearchAttributes
{
    /// <summary>False where the service neither knows them nor takes them from this worker: then workflows go without.</summary>
    public static async Task<bool> TryRegisterAsync(ITemporalClient client, CancellationToken cancel)
    {
        var rpc = new RpcOptions { CancellationToken = cancel };
        var ns = client.Options.Namespace;
        try
        {
            var known = await client.OperatorService.ListSearchAttributesAsync(new() { Namespace = ns }, rpc);
            var missing = SearchKeys.All.Where(k => known.CustomAttributes.GetValueOrDefault(k.Name) != IndexedValueType.Keyword).ToList();
            if (missing.Count > 0)
            {
                await client.OperatorService.AddSearchAttributesAsync(
                    new() { Namespace = ns, SearchAttributes = { missing.ToDictionary(k => k.Name, _ => IndexedValueType.Keyword) } }, rpc);
            }

            return true;
        }
        // Not allowed, not offered, no room left, or a name of another type: all of them the operator's to change, none a reason not to work.
        catch (RpcException e) when (e.Code is not (RpcException.StatusCode.Unavailable or RpcException.StatusCode.Cancelled))
        {
            return false;
        }
    }
}
