using System.Text.Json;
using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

internal sealed record StartPolicies(WorkflowIdReusePolicy Reuse, WorkflowIdConflictPolicy Conflict)
{
    public bool AttachRequestId { get; init; }

    /// <summary>Whose worker takes the first workflow task from the response; null when it goes through the queue.</summary>
    public string? EagerIdentity { get; init; }
}

internal sealed record StartResult(string RunId, string FirstRunId, bool IsNew, WorkflowExecutionStatus Status)
{
    public long EagerScheduledEventId { get; init; }
}

/// <summary>Starts runs under the policies on workflow ids, and signals with start.</summary>
internal sealed class Starter(Executions executions)
{
    public async Task<StartResult> StartAsync(StartSpec spec, StartPolicies policies, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(ChainOf(spec), cancellation);
        return await StartAsync(lease, spec, policies, cancellation);
    }

    /// <summary>For callers that do more under the same lock.</summary>
    public static async Task<StartResult> StartAsync(
        ChainLease lease, StartSpec spec, StartPolicies policies, CancellationToken cancellation)
    {
        var current = await lease.CurrentAsync(cancellation);
        var outcome = StartPolicy.Decide(current?.State, spec.RequestId, policies.Reuse, policies.Conflict);
        switch (outcome)
        {
            case StartOutcome.SameRequest:
                return Existing(current!.State) with { IsNew = current.State.CreateRequestId == spec.RequestId };
            case StartOutcome.UseExisting:
                return await AttachAsync(lease, current!, spec, policies);
            case StartOutcome.RefuseRunning or StartOutcome.RefuseClosed:
                throw AlreadyStarted(current!.State);
            default:
                return await BeginAsync(lease, current, spec, policies, outcome);
        }
    }

    public async Task<StartResult> SignalWithStartAsync(StartSpec spec, StartPolicies policies, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(ChainOf(spec), cancellation);
        var current = await lease.CurrentAsync(cancellation);
        if (current is { State.IsOpen: true } && policies.Conflict != WorkflowIdConflictPolicy.TerminateExisting)
        {
            return await Executions.ChangeAsync(lease, current, step =>
            {
                Signals.Signal(step, spec.Signal!);
                return Existing(step.State);
            });
        }

        var outcome = StartPolicy.Decide(current?.State, spec.RequestId, policies.Reuse, policies.Conflict);
        return outcome switch
        {
            StartOutcome.SameRequest => Existing(current!.State),
            StartOutcome.RefuseClosed => throw AlreadyStarted(current!.State),
            _ => await BeginAsync(lease, current, spec, policies, outcome),
        };
    }

    private static ChainKey ChainOf(StartSpec spec) => new(spec.NamespaceId, spec.Started.WorkflowId);

    public static StartResult Existing(RunState state) => new(state.RunId, state.FirstRunId, false, state.Status);

    private static async Task<StartResult> BeginAsync(
        ChainLease lease, LoadedRun? current, StartSpec spec, StartPolicies policies, StartOutcome outcome)
    {
        var steps = new List<Transition>();
        if (outcome == StartOutcome.TerminateThenStart)
        {
            var end = lease.Begin(current!);
            var details = Text($"terminated by new runID: {spec.RunId}");
            Closing.Terminate(end, new TerminateRequest("TerminateIfRunning WorkflowIdReusePolicy Policy", details, "history-service"));
            end.Finish();
            steps.Add(end);
        }

        var begin = lease.Begin(spec);
        var state = begin.State;
        var eager = 0L;
        if (policies.EagerIdentity is { } identity && state.WorkflowTask is { } task)
        {
            begin.Withhold(ReadyKind.WorkflowTask);
            WorkflowTasks.Start(begin, new TaskTaker(identity, ""), spec.RequestId);
            eager = task.ScheduledEventId;
        }

        begin.Finish();
        steps.Add(begin);
        await lease.CommitAsync(steps);
        return new StartResult(state.RunId, state.FirstRunId, true, state.Status) { EagerScheduledEventId = eager };
    }

    private static async Task<StartResult> AttachAsync(
        ChainLease lease, LoadedRun current, StartSpec spec, StartPolicies policies)
    {
        if (policies.AttachRequestId)
        {
            await Executions.ChangeAsync(lease, current, step =>
            {
                step.Record(new HistoryEvent
                {
                    EventType = EventType.WorkflowExecutionOptionsUpdated,
                    WorkerMayIgnore = true,
                    WorkflowExecutionOptionsUpdatedEventAttributes = new()
                    {
                        AttachedRequestId = spec.RequestId,
                        Identity = spec.Started.Identity,
                    },
                });
                return true;
            });
        }

        return Existing(current.State);
    }

    private static Payloads Text(string sentence)
    {
        var payload = new Payload { Data = ByteString.CopyFromUtf8(JsonSerializer.Serialize(sentence)) };
        payload.Metadata["encoding"] = ByteString.CopyFromUtf8("json/plain");
        return new Payloads { Payloads_ = { payload } };
    }

    private static GrpcException AlreadyStarted(RunState current) => new(
        GrpcStatusCode.AlreadyExists,
        current.IsOpen
            ? $"Workflow execution is already running. WorkflowId: {current.WorkflowId}, RunId: {current.RunId}."
            : $"Workflow execution already finished. WorkflowId: {current.WorkflowId}, RunId: {current.RunId}.",
        new WorkflowExecutionAlreadyStartedFailure
        {
            RunId = current.RunId,
            StartRequestId = current.CreateRequestId,
            FirstExecutionRunId = current.FirstRunId,
        });
}
