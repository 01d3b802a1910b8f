using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>StartWorkflowExecution and SignalWithStartWorkflowExecution.</summary>
internal sealed class StartRpc(NamespaceRegistry namespaces, Starter starter, WorkflowTaskReplies replies, TimeProvider time)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>("StartWorkflowExecution", StartAsync);
        workflow.Add<SignalWithStartWorkflowExecutionRequest, SignalWithStartWorkflowExecutionResponse>(
            "SignalWithStartWorkflowExecution", SignalWithStartAsync);
    }

    private async Task<StartWorkflowExecutionResponse> StartAsync(StartWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        StartRequests.Check(request, target);
        var spec = StartRequests.Spec(request, target, time.GetUtcNow());
        var result = await starter.StartAsync(spec, StartRequests.Policies(request, spec), CancellationToken.None);
        var response = new StartWorkflowExecutionResponse
        {
            RunId = result.RunId,
            FirstExecutionRunId = result.FirstRunId,
            Started = result.IsNew,
            Status = result.Status,
            Link = Links.Started(target.Name, spec.Started.WorkflowId, result.RunId),
        };
        if (result.EagerScheduledEventId > 0)
        {
            var run = new RunKey(target.Id, spec.Started.WorkflowId, result.RunId);
            response.EagerWorkflowTask = await replies.BuildAsync(run, HistoryExtent.Full, call.CancellationToken);
        }

        return response;
    }

    private async Task<SignalWithStartWorkflowExecutionResponse> SignalWithStartAsync(
        SignalWithStartWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Id(request.SignalName, "SignalName");
        Fields.Blob(request.SignalInput, "SignalInput");
        var start = StartRequests.StartOf(request);
        StartRequests.Check(start, target);
        var spec = StartRequests.Spec(start, target, time.GetUtcNow()) with
        {
            Signal = new SignalRequest(request.SignalName, request.SignalInput, request.Identity, request.Header, start.RequestId)
            {
                Links = request.Links,
            },
        };
        var result = await starter.SignalWithStartAsync(spec, StartRequests.Policies(start, spec), CancellationToken.None);
        return new SignalWithStartWorkflowExecutionResponse
        {
            RunId = result.RunId,
            FirstExecutionRunId = result.FirstRunId,
            Started = result.IsNew,
            SignalLink = Links.Signaled(target.Name, spec.Started.WorkflowId, result.RunId, start.RequestId),
        };
    }
}

/// <summary>Start requests checked and turned into what the engine starts.</summary>
internal static class StartRequests
{
    public static void Check(StartWorkflowExecutionRequest request, Namespace target)
    {
        Fields.Id(request.WorkflowId, "WorkflowId");
        Fields.Id(request.WorkflowType?.Name ?? "", "WorkflowType");
        Fields.Queue(request.TaskQueue);
        Fields.Optional(request.RequestId, "RequestId");
        Fields.Timeout(request.WorkflowExecutionTimeout, "WorkflowExecutionTimeout");
        Fields.Timeout(request.WorkflowRunTimeout, "WorkflowRunTimeout");
        Fields.Timeout(request.WorkflowTaskTimeout, "WorkflowTaskTimeout");
        Fields.Timeout(request.WorkflowStartDelay, "WorkflowStartDelay");
        Fields.Retry(request.RetryPolicy);
        Fields.Blob(request.Input, "Input");
        Fields.Blob(request.Memo, "Memo", Limits.MemoBytes);
        Fields.Attributes(request.SearchAttributes, target);
        Fields.Metadata(request.UserMetadata);
        if (request.CompletionCallbacks.Count > 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "This server does not support completion callbacks.");
        }

        if (request.VersioningOverride is { } wanted)
        {
            RequireNewest(wanted);
        }

        if (request.CronSchedule.Length > 0)
        {
            Cron(request.CronSchedule);
        }

        if (request.WorkflowIdConflictPolicy != WorkflowIdConflictPolicy.Unspecified && IsTerminateIfRunning(request))
        {
            throw Fields.Invalid("WorkflowIdReusePolicy TerminateIfRunning cannot be used together with a WorkflowIdConflictPolicy.");
        }
    }

    public static StartSpec Spec(StartWorkflowExecutionRequest request, Namespace target, DateTimeOffset now)
    {
        var runId = Guid.NewGuid().ToString();
        return new StartSpec
        {
            NamespaceId = target.Id,
            NamespaceName = target.Name,
            RunId = runId,
            RequestId = request.RequestId.Length > 0 ? request.RequestId : Guid.NewGuid().ToString(),
            UserMetadata = request.UserMetadata,
            Links = request.Links,
            Started = Started(request, runId, now),
        };
    }

    public static StartPolicies Policies(StartWorkflowExecutionRequest request, StartSpec spec) =>
        new(request.WorkflowIdReusePolicy, request.WorkflowIdConflictPolicy)
        {
            AttachRequestId = request.OnConflictOptions?.AttachRequestId ?? false,
            EagerIdentity = spec.Started.EagerExecutionAccepted ? request.Identity : null,
        };

    public static StartWorkflowExecutionRequest StartOf(SignalWithStartWorkflowExecutionRequest request) => new()
    {
        Namespace = request.Namespace,
        WorkflowId = request.WorkflowId,
        WorkflowType = request.WorkflowType,
        TaskQueue = request.TaskQueue,
        Input = request.Input,
        WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
        WorkflowRunTimeout = request.WorkflowRunTimeout,
        WorkflowTaskTimeout = request.WorkflowTaskTimeout,
        Identity = request.Identity,
        // Where the caller gives none, the start and the signal share one all the same.
        RequestId = request.RequestId.Length > 0 ? request.RequestId : Guid.NewGuid().ToString(),
        WorkflowIdReusePolicy = request.WorkflowIdReusePolicy,
        WorkflowIdConflictPolicy = request.WorkflowIdConflictPolicy,
        RetryPolicy = request.RetryPolicy,
        CronSchedule = request.CronSchedule,
        Memo = request.Memo,
        SearchAttributes = request.SearchAttributes,
        Header = request.Header,
        WorkflowStartDelay = request.WorkflowStartDelay,
        UserMetadata = request.UserMetadata,
        Priority = request.Priority,
        VersioningOverride = request.VersioningOverride,
    };

    private static WorkflowExecutionStartedEventAttributes Started(
        StartWorkflowExecutionRequest request, string runId, DateTimeOffset now)
    {
        var backoff = Backoff(request, now);
        return new WorkflowExecutionStartedEventAttributes
        {
            WorkflowId = request.WorkflowId,
            WorkflowType = request.WorkflowType,
            TaskQueue = new() { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Input = request.Input,
            WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
            WorkflowRunTimeout = request.WorkflowRunTimeout,
            WorkflowTaskTimeout = request.WorkflowTaskTimeout,
            OriginalExecutionRunId = runId,
            FirstExecutionRunId = runId,
            Identity = request.Identity,
            RetryPolicy = request.RetryPolicy is null ? null : Retries.WithDefaults(request.RetryPolicy),
            Attempt = 1,
            CronSchedule = request.CronSchedule,
            Initiator = request.CronSchedule.Length > 0 ? ContinueAsNewInitiator.CronSchedule : ContinueAsNewInitiator.Unspecified,
            FirstWorkflowTaskBackoff = Duration.FromTimeSpan(backoff),
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            Header = request.Header,
            Priority = request.Priority,
            ContinuedFailure = request.ContinuedFailure,
            LastCompletionResult = request.LastCompletionResult,
            EagerExecutionAccepted = request.RequestEagerExecution && backoff == TimeSpan.Zero,
        };
    }

    private static TimeSpan Backoff(StartWorkflowExecutionRequest request, DateTimeOffset now)
    {
        if (request.CronSchedule.Length == 0)
        {
            return request.WorkflowStartDelay?.ToTimeSpan() ?? TimeSpan.Zero;
        }

        if (request.WorkflowStartDelay is not null)
        {
            throw Fields.Invalid("CronSchedule and WorkflowStartDelay may not be used together.");
        }

        return Cron(request.CronSchedule).BackoffAfter(now, now)
            ?? throw Fields.Invalid($"CronSchedule '{request.CronSchedule}' never comes.");
    }

    private static CronSchedule Cron(string schedule)
    {
        try
        {
            return CronSchedule.Parse(schedule);
        }
        catch (FormatException problem)
        {
            throw Fields.Invalid($"Invalid CronSchedule: {problem.Message}");
        }
    }

#pragma warning disable CS0612 // The deprecated fields and the deprecated reuse policy are what older clients still send.
    /// <summary>A run that is to stay with one version must not come to whichever worker there is.</summary>
    private static void RequireNewest(VersioningOverride wanted)
    {
        var isGiven = wanted.OverrideCase != VersioningOverride.OverrideOneofCase.None;
        if (!isGiven && wanted.Behavior == VersioningBehavior.Unspecified)
        {
            throw Fields.Invalid("override behavior is required");
        }

        if (isGiven ? wanted.OverrideCase != VersioningOverride.OverrideOneofCase.AutoUpgrade : wanted.Behavior != VersioningBehavior.AutoUpgrade)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "This server does not support versions of workers: a run cannot be pinned to one.");
        }
    }

    private static bool IsTerminateIfRunning(StartWorkflowExecutionRequest request) =>
        request.WorkflowIdReusePolicy == WorkflowIdReusePolicy.TerminateIfRunning;
#pragma warning restore CS0612
}
