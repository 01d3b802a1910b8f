using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>Calls about one workflow, except its start and its updates.</summary>
internal sealed class WorkflowCalls(ITemporalClient client)
{
    public async Task SignalAsync(SignalWorkflowInput input)
    {
        var converter = ConverterFor(input.Id);
        await client.WorkflowService.SignalWorkflowExecutionAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                WorkflowExecution = Execution(input.Id, input.RunId),
                SignalName = input.Signal,
                Input = await converter.ToInputAsync(input.Args),
                Identity = Identity,
                // A repeated try is one signal.
                RequestId = Guid.NewGuid().ToString(),
                Header = await converter.ToHeaderAsync(input.Headers),
            },
            RpcOptions.Retrying(input.Options?.Rpc));
    }

    public async Task<TResult> QueryAsync<TResult>(QueryWorkflowInput input)
    {
        var converter = ConverterFor(input.Id);
        var request = new QueryWorkflowRequest
        {
            Namespace = client.Options.Namespace,
            Execution = Execution(input.Id, input.RunId),
            Query = new()
            {
                QueryType = input.Query,
                QueryArgs = await converter.ToInputAsync(input.Args),
                Header = await converter.ToHeaderAsync(input.Headers),
            },
            QueryRejectCondition = input.Options?.RejectCondition ?? client.Options.QueryRejectCondition ?? QueryRejectCondition.Unspecified,
        };
        QueryWorkflowResponse response;
        try
        {
            response = await client.WorkflowService.QueryWorkflowAsync(request, RpcOptions.Retrying(input.Options?.Rpc));
        }
        catch (RpcException e) when (StatusDetails.Find(e, QueryFailedFailure.Parser) is not null)
        {
            throw new WorkflowQueryFailedException(e.Message);
        }

        return response.QueryRejected is { } rejected
            ? throw new WorkflowQueryRejectedException(rejected.Status)
            : await converter.ToSingleValueAsync<TResult>(response.QueryResult?.Payloads_ ?? []);
    }

    public async Task<WorkflowExecutionDescription> DescribeAsync(DescribeWorkflowInput input)
    {
        var response = await client.WorkflowService.DescribeWorkflowExecutionAsync(
            new() { Namespace = client.Options.Namespace, Execution = Execution(input.Id, input.RunId) },
            RpcOptions.Retrying(input.Options?.Rpc));
        return await WorkflowExecutionDescription.FromProtoAsync(response, ConverterFor(input.Id));
    }

    public Task CancelAsync(CancelWorkflowInput input) => client.WorkflowService.RequestCancelWorkflowExecutionAsync(
        new()
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = Execution(input.Id, input.RunId),
            FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
        },
        RpcOptions.Retrying(input.Options?.Rpc));

    public async Task TerminateAsync(TerminateWorkflowInput input) => await client.WorkflowService.TerminateWorkflowExecutionAsync(
        new()
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = Execution(input.Id, input.RunId),
            FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty,
            Reason = input.Reason ?? string.Empty,
            Details = await ConverterFor(input.Id).ToInputAsync(input.Options?.Details),
            Identity = Identity,
        },
        RpcOptions.Retrying(input.Options?.Rpc));

    public async Task<WorkflowHistoryEventPage> FetchHistoryPageAsync(FetchWorkflowHistoryEventPageInput input)
    {
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = client.Options.Namespace,
            Execution = Execution(input.Id, input.RunId),
            MaximumPageSize = input.PageSize,
            NextPageToken = input.NextPageToken is { } token ? ByteString.CopyFrom(token) : ByteString.Empty,
            WaitNewEvent = input.WaitNewEvent,
            HistoryEventFilterType = input.EventFilterType,
            SkipArchival = input.SkipArchival,
        };
        while (true)
        {
            var response = await client.WorkflowService.GetWorkflowExecutionHistoryAsync(request, RpcOptions.Retrying(input.Rpc));
            var events = response.History?.Events ?? [];
            // A long poll that saw nothing new ends with a token and no events; then it is resumed.
            if (events.Count > 0 || response.NextPageToken.IsEmpty)
            {
                return new(events, response.NextPageToken.IsEmpty ? null : response.NextPageToken.ToByteArray());
            }

            request.NextPageToken = response.NextPageToken;
        }
    }

    private string Identity => client.Connection.Options.Identity ?? string.Empty;

    private DataConverter ConverterFor(string workflowId) =>
        client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, workflowId));

    private static Api.Common.V1.WorkflowExecution Execution(string id, string? runId) =>
        new() { WorkflowId = id, RunId = runId ?? string.Empty };
}
