using System.Runtime.CompilerServices;
using Google.Protobuf;
using Temporalio.Api.Workflow.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Lists and counts workflows.</summary>
internal sealed class VisibilityCalls(ITemporalClient client)
{
    public IAsyncEnumerable<WorkflowExecution> ListAsync(ListWorkflowsInput input) => ListPagesAsync(input);

    public async Task<WorkflowListPage> ListPageAsync(ListWorkflowsPaginatedInput input)
    {
        var response = await client.WorkflowService.ListWorkflowExecutionsAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                PageSize = input.Options?.PageSize ?? 0,
                NextPageToken = input.NextPageToken is { } token ? ByteString.CopyFrom(token) : ByteString.Empty,
                Query = input.Query,
            },
            RpcOptions.Retrying(input.Options?.Rpc));
        return new(
            [.. response.Executions.Select(Listed)],
            response.NextPageToken.IsEmpty ? null : response.NextPageToken.ToByteArray());
    }

    public async Task<WorkflowExecutionCount> CountAsync(CountWorkflowsInput input) => new(
        await client.WorkflowService.CountWorkflowExecutionsAsync(
            new() { Namespace = client.Options.Namespace, Query = input.Query },
            RpcOptions.Retrying(input.Options?.Rpc)));

    private async IAsyncEnumerable<WorkflowExecution> ListPagesAsync(
        ListWorkflowsInput input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (rpc, source) = RpcOptions.Linked(input.Options?.Rpc, cancellationToken);
        using var _ = source;
        var left = input.Options is { Limit: > 0 and var limit } ? limit : int.MaxValue;
        byte[]? pageToken = null;
        do
        {
            var page = await client.OutboundInterceptor.ListWorkflowsPaginatedAsync(new(input.Query, pageToken, new() { Rpc = rpc }));
            foreach (var workflow in page.Workflows.Take(left))
            {
                yield return workflow;
            }

            left -= page.Workflows.Count;
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null && left > 0);
    }

    private WorkflowExecution Listed(WorkflowExecutionInfo raw) => new(
        raw,
        client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, raw.Execution.WorkflowId)));
}
