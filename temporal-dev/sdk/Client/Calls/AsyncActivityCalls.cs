using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;
using IdReference = Temporalio.Client.AsyncActivityHandle.IdReference;
using TokenReference = Temporalio.Client.AsyncActivityHandle.TaskTokenReference;

namespace Temporalio.Client;

/// <summary>Heartbeats and ends of activities that are finished from outside their worker.</summary>
internal sealed class AsyncActivityCalls(ITemporalClient client)
{
    private WorkflowService Service => client.WorkflowService;

    public async Task HeartbeatAsync(HeartbeatAsyncActivityInput input)
    {
        var details = await Converter(input.Options?.DataConverter).ToInputAsync(input.Options?.Details);
        var cancelRequested = await CallAsync(
            input.Activity,
            input.Options?.Rpc,
            async (token, rpc) => (await Service.RecordActivityTaskHeartbeatAsync(
                Addressed(new RecordActivityTaskHeartbeatRequest { TaskToken = token, Details = details }), rpc)).CancelRequested,
            async (id, rpc) => (await Service.RecordActivityTaskHeartbeatByIdAsync(
                Addressed(new RecordActivityTaskHeartbeatByIdRequest { Details = details }, id), rpc)).CancelRequested);
        if (cancelRequested)
        {
            throw new AsyncActivityCanceledException();
        }
    }

    public async Task CompleteAsync(CompleteAsyncActivityInput input)
    {
        // An activity has one result, also when it is null.
        var result = await Converter(input.Options?.DataConverter).ToInputAsync([input.Result]);
        await CallAsync<IMessage>(
            input.Activity,
            input.Options?.Rpc,
            async (token, rpc) => await Service.RespondActivityTaskCompletedAsync(
                Addressed(new RespondActivityTaskCompletedRequest { TaskToken = token, Result = result }), rpc),
            async (id, rpc) => await Service.RespondActivityTaskCompletedByIdAsync(
                Addressed(new RespondActivityTaskCompletedByIdRequest { Result = result }, id), rpc));
    }

    public async Task FailAsync(FailAsyncActivityInput input)
    {
        var converter = Converter(input.Options?.DataConverter);
        var failure = await converter.ToFailureAsync(input.Exception);
        var last = await converter.ToInputAsync(input.Options?.LastHeartbeatDetails);
        await CallAsync<IMessage>(
            input.Activity,
            input.Options?.Rpc,
            async (token, rpc) => await Service.RespondActivityTaskFailedAsync(
                Addressed(new RespondActivityTaskFailedRequest { TaskToken = token, Failure = failure, LastHeartbeatDetails = last }), rpc),
            async (id, rpc) => await Service.RespondActivityTaskFailedByIdAsync(
                Addressed(new RespondActivityTaskFailedByIdRequest { Failure = failure, LastHeartbeatDetails = last }, id), rpc));
    }

    public async Task ReportCancellationAsync(ReportCancellationAsyncActivityInput input)
    {
        var details = await Converter(input.Options?.DataConverter).ToInputAsync(input.Options?.Details);
        await CallAsync<IMessage>(
            input.Activity,
            input.Options?.Rpc,
            async (token, rpc) => await Service.RespondActivityTaskCanceledAsync(
                Addressed(new RespondActivityTaskCanceledRequest { TaskToken = token, Details = details }), rpc),
            async (id, rpc) => await Service.RespondActivityTaskCanceledByIdAsync(
                Addressed(new RespondActivityTaskCanceledByIdRequest { Details = details }, id), rpc));
    }

    private static Task<T> CallAsync<T>(
        AsyncActivityHandle.Reference activity,
        RpcOptions? options,
        Func<ByteString, RpcOptions, Task<T>> byToken,
        Func<IdReference, RpcOptions, Task<T>> byId)
    {
        var rpc = RpcOptions.Retrying(options);
        return activity is TokenReference held ? byToken(ByteString.CopyFrom(held.TaskToken), rpc) : byId((IdReference)activity, rpc);
    }

    /// <summary>The fields that say where, and who asks, have the same names in all these requests.</summary>
    private T Addressed<T>(T request, IdReference? id = null)
        where T : IMessage
    {
        Set("namespace", client.Options.Namespace);
        Set("identity", client.Connection.Options.Identity ?? string.Empty);
        if (id != null)
        {
            Set("workflow_id", id.WorkflowId);
            Set("run_id", id.RunId ?? string.Empty);
            Set("activity_id", id.ActivityId);
        }

        return request;

        void Set(string field, string value) => request.Descriptor.FindFieldByName(field).Accessor.SetValue(request, value);
    }

    private DataConverter Converter(DataConverter? ofCall) => ofCall ?? client.Options.DataConverter;
}
