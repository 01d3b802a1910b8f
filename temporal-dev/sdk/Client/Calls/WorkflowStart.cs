using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>Starts workflows, alone or with a signal.</summary>
internal sealed class WorkflowStart(ITemporalClient client)
{
    public async Task<WorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(StartWorkflowInput input)
    {
        var options = input.Options;
        var request = await RequestAsync(input);
        var rpc = RpcOptions.Retrying(options.Rpc);
        try
        {
            if (options.StartSignal is null)
            {
                var started = await client.WorkflowService.StartWorkflowExecutionAsync(request, rpc);
                return new(client, request.WorkflowId, RunId: null, started.RunId, started.RunId);
            }

            var signalled = await client.WorkflowService.SignalWithStartWorkflowExecutionAsync(
                await WithSignalAsync(request, options), rpc);
            // The run may be an older one of a chain, so nothing is known about the first.
            return new(client, request.WorkflowId, RunId: null, signalled.RunId);
        }
        catch (RpcException e) when (AlreadyStarted(e, request) is { } alreadyStarted)
        {
            throw alreadyStarted;
        }
    }

    public async Task<StartWorkflowExecutionRequest> RequestAsync(StartWorkflowInput input)
    {
        var options = input.Options;
        var id = options.Id ?? throw new ArgumentException("A workflow cannot be started without an Id.", nameof(input));
        var taskQueue = options.TaskQueue ?? throw new ArgumentException("A workflow cannot be started without a TaskQueue.", nameof(input));
        if (options is { StartSignal: null, StartSignalArgs: not null })
        {
            throw new ArgumentException("StartSignalArgs needs a StartSignal.", nameof(input));
        }

        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, id));
        return new()
        {
            Namespace = client.Options.Namespace,
            WorkflowId = id,
            WorkflowType = new() { Name = input.Workflow },
            TaskQueue = new() { Name = taskQueue },
            Input = await converter.ToInputAsync(input.Args),
            WorkflowExecutionTimeout = ToProto(options.ExecutionTimeout),
            WorkflowRunTimeout = ToProto(options.RunTimeout),
            WorkflowTaskTimeout = ToProto(options.TaskTimeout),
            Identity = client.Connection.Options.Identity ?? string.Empty,
            // The same in each try of the call: a repeated start finds the workflow that the first one made.
            RequestId = Guid.NewGuid().ToString(),
            WorkflowIdReusePolicy = options.IdReusePolicy,
            WorkflowIdConflictPolicy = options.IdConflictPolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? string.Empty,
            Memo = await converter.ToMemoAsync(options.Memo),
            SearchAttributes = options.TypedSearchAttributes?.ToProto(),
            Header = await converter.ToHeaderAsync(input.Headers),
            WorkflowStartDelay = ToProto(options.StartDelay),
            UserMetadata = await converter.ToUserMetadataAsync(options.StaticSummary, options.StaticDetails),
            VersioningOverride = options.VersioningOverride?.ToProto(),
            Priority = options.Priority?.ToProto(),
        };
    }

    public static WorkflowAlreadyStartedException? AlreadyStarted(RpcException e, StartWorkflowExecutionRequest request) =>
        e.Code == RpcException.StatusCode.AlreadyExists
        && StatusDetails.Find(e, WorkflowExecutionAlreadyStartedFailure.Parser) is { } detail
            ? AlreadyStarted(e.Message, detail, request)
            : null;

    public static WorkflowAlreadyStartedException AlreadyStarted(
        string message, WorkflowExecutionAlreadyStartedFailure detail, StartWorkflowExecutionRequest request) =>
        new(message, request.WorkflowId, request.WorkflowType.Name, detail.RunId);

    private async Task<SignalWithStartWorkflowExecutionRequest> WithSignalAsync(
        StartWorkflowExecutionRequest start, WorkflowOptions options)
    {
        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, start.WorkflowId));
        return new()
        {
            Namespace = start.Namespace,
            WorkflowId = start.WorkflowId,
            WorkflowType = start.WorkflowType,
            TaskQueue = start.TaskQueue,
            Input = start.Input,
            WorkflowExecutionTimeout = start.WorkflowExecutionTimeout,
            WorkflowRunTimeout = start.WorkflowRunTimeout,
            WorkflowTaskTimeout = start.WorkflowTaskTimeout,
            Identity = start.Identity,
            RequestId = start.RequestId,
            WorkflowIdReusePolicy = start.WorkflowIdReusePolicy,
            WorkflowIdConflictPolicy = start.WorkflowIdConflictPolicy,
            SignalName = options.StartSignal,
            SignalInput = await converter.ToInputAsync(options.StartSignalArgs),
            RetryPolicy = start.RetryPolicy,
            CronSchedule = start.CronSchedule,
            Memo = start.Memo,
            SearchAttributes = start.SearchAttributes,
            Header = start.Header,
            WorkflowStartDelay = start.WorkflowStartDelay,
            UserMetadata = start.UserMetadata,
            VersioningOverride = start.VersioningOverride,
            Priority = start.Priority,
        };
    }

    private static Duration? ToProto(TimeSpan? time) => time is { } value ? Duration.FromTimeSpan(value) : null;
}
