using Google.Protobuf;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;
using IdReference = Temporalio.Client.AsyncActivityHandle.IdReference;
using TokenReference = Temporalio.Client.AsyncActivityHandle.TaskTokenReference;

namespace Temporalio.Client;

/// <summary>Heartbeats and ends of activities that are finished from outside their worker.</summary>
internal sealed class AsyncActivityCalls(ITemporalClient client)
{
    public async Task HeartbeatAsync(HeartbeatAsyncActivityInput input)
    {
        var details = await Converter(input.Options?.DataConverter).ToInputAsync(input.Options?.Details);
        var rpc = RpcOptions.Retrying(input.Options?.Rpc);
        bool cancelRequested;
        if (input.Activity is TokenReference byToken)
        {
            var response = await client.WorkflowService.RecordActivityTaskHeartbeatAsync(
                new() { Namespace = Namespace, TaskToken = Token(byToken), Details = details, Identity = Identity }, rpc);
            cancelRequested = response.CancelRequested;
        }
        else
        {
            var byId = (IdReference)input.Activity;
            var response = await client.WorkflowService.RecordActivityTaskHeartbeatByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    WorkflowId = byId.WorkflowId,
                    RunId = byId.RunId ?? string.Empty,
                    ActivityId = byId.ActivityId,
                    Details = details,
                    Identity = Identity,
                },
                rpc);
            cancelRequested = response.CancelRequested;
        }

        if (cancelRequested)
        {
            throw new AsyncActivityCanceledException();
        }
    }

    public async Task CompleteAsync(CompleteAsyncActivityInput input)
    {
        // An activity has one result, also when it is null.
        var result = await Converter(input.Options?.DataConverter).ToInputAsync([input.Result]);
        var rpc = RpcOptions.Retrying(input.Options?.Rpc);
        await (input.Activity is TokenReference byToken
            ? client.WorkflowService.RespondActivityTaskCompletedAsync(
                new() { Namespace = Namespace, TaskToken = Token(byToken), Result = result, Identity = Identity }, rpc)
            : (Task)CompleteByIdAsync((IdReference)input.Activity));

        Task CompleteByIdAsync(IdReference byId) => client.WorkflowService.RespondActivityTaskCompletedByIdAsync(
            new()
            {
                Namespace = Namespace,
                WorkflowId = byId.WorkflowId,
                RunId = byId.RunId ?? string.Empty,
                ActivityId = byId.ActivityId,
                Result = result,
                Identity = Identity,
            },
            rpc);
    }

    public async Task FailAsync(FailAsyncActivityInput input)
    {
        var converter = Converter(input.Options?.DataConverter);
        var failure = await converter.ToFailureAsync(input.Exception);
        var lastHeartbeat = await converter.ToInputAsync(input.Options?.LastHeartbeatDetails);
        var rpc = RpcOptions.Retrying(input.Options?.Rpc);
        await (input.Activity is TokenReference byToken
            ? client.WorkflowService.RespondActivityTaskFailedAsync(
                new()
                {
                    Namespace = Namespace,
                    TaskToken = Token(byToken),
                    Failure = failure,
                    LastHeartbeatDetails = lastHeartbeat,
                    Identity = Identity,
                },
                rpc)
            : (Task)FailByIdAsync((IdReference)input.Activity));

        Task FailByIdAsync(IdReference byId) => client.WorkflowService.RespondActivityTaskFailedByIdAsync(
            new()
            {
                Namespace = Namespace,
                WorkflowId = byId.WorkflowId,
                RunId = byId.RunId ?? string.Empty,
                ActivityId = byId.ActivityId,
                Failure = failure,
                LastHeartbeatDetails = lastHeartbeat,
                Identity = Identity,
            },
            rpc);
    }

    public async Task ReportCancellationAsync(ReportCancellationAsyncActivityInput input)
    {
        var details = await Converter(input.Options?.DataConverter).ToInputAsync(input.Options?.Details);
        var rpc = RpcOptions.Retrying(input.Options?.Rpc);
        await (input.Activity is TokenReference byToken
            ? client.WorkflowService.RespondActivityTaskCanceledAsync(
                new() { Namespace = Namespace, TaskToken = Token(byToken), Details = details, Identity = Identity }, rpc)
            : (Task)CancelByIdAsync((IdReference)input.Activity));

        Task CancelByIdAsync(IdReference byId) => client.WorkflowService.RespondActivityTaskCanceledByIdAsync(
            new()
            {
                Namespace = Namespace,
                WorkflowId = byId.WorkflowId,
                RunId = byId.RunId ?? string.Empty,
                ActivityId = byId.ActivityId,
                Details = details,
                Identity = Identity,
            },
            rpc);
    }

    private string Namespace => client.Options.Namespace;

    private string Identity => client.Connection.Options.Identity ?? string.Empty;

    private DataConverter Converter(DataConverter? ofCall) => ofCall ?? client.Options.DataConverter;

    private static ByteString Token(TokenReference reference) => ByteString.CopyFrom(reference.TaskToken);
}
