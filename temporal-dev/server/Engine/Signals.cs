using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.History.V1;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Engine;

internal sealed record SignalRequest(string Name, Payloads? Input, string Identity, Header? Header, string RequestId)
{
    /// <summary>Set when another workflow signals, not a client.</summary>
    public WorkflowExecution? Sender { get; init; }

    public IReadOnlyList<Link> Links { get; init; } = [];
}

/// <summary>Signals and cancel requests: what the outside tells a running workflow.</summary>
internal static class Signals
{
    public static void Signal(Transition step, SignalRequest request)
    {
        var state = step.State;
        RunRefusals.RequireOpen(state);
        if (state.SignalIds.Contains(request.RequestId))
        {
            step.IsUnchanged = true;
            return;
        }

        RecordSignal(step, request);
        WorkflowTasks.Wake(step);
    }

    /// <summary>Writes the signal without scheduling a workflow task.</summary>
    public static void RecordSignal(Transition step, SignalRequest request)
    {
        var state = step.State;
        if (state.SignalCount >= Limits.Signals)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"The workflow has received {Limits.Signals} signals, which is the limit.");
        }

        var received = new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionSignaled,
            WorkflowExecutionSignaledEventAttributes = new()
            {
                SignalName = request.Name,
                Input = request.Input,
                Identity = request.Identity,
                Header = request.Header,
                ExternalWorkflowExecution = request.Sender,
                RequestId = request.RequestId,
            },
        };
        received.Links.AddRange(request.Links);
        step.Record(received);
        state.SignalCount++;
        state.SignalIds.Note(received);
    }

    public static void RequestCancel(Transition step, CancelRequest request)
    {
        var state = step.State;
        if (!state.IsOpen || state.CancelRequested)
        {
            // What is to be cancelled has ended, or knows: that is as good.
            step.IsUnchanged = true;
            return;
        }

        state.CancelRequested = true;
        state.CancelRequestId = request.RequestId;
        var attributes = new WorkflowExecutionCancelRequestedEventAttributes
        {
            Cause = request.Reason,
            Identity = request.Identity,
        };
        if (request.Sender is { } sender)
        {
            attributes.ExternalWorkflowExecution = sender;
            attributes.ExternalInitiatedEventId = request.SenderEventId;
        }

        step.Record(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionCancelRequested,
            WorkflowExecutionCancelRequestedEventAttributes = attributes,
        });
        WorkflowTasks.Wake(step);
    }
}

internal sealed record CancelRequest(string Reason, string Identity, string RequestId)
{
    public WorkflowExecution? Sender { get; init; }

    public long SenderEventId { get; init; }
}

/// <summary>The sentences that answer a request which the run's state forbids.</summary>
internal static class RunRefusals
{
    public static void RequireOpen(RunState state)
    {
        if (!state.IsOpen)
        {
            throw NotFound("workflow execution already completed");
        }
    }

    public static GrpcException NoSuchRun() => NotFound("workflow not found");

    public static GrpcException StaleToken(string kind) => NotFound($"{kind} not found.");

    /// <summary>Clients tell by the detail that the thing is missing, not the method.</summary>
    public static GrpcException NotFound(string sentence) => new(GrpcStatusCode.NotFound, sentence, new NotFoundFailure());
}
