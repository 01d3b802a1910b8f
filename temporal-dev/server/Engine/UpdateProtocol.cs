using System.Text.Json.Serialization;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;

namespace TemporalDev.Server.Engine;

/// <summary>An update that is in the history of its workflow: with what was asked, and with what came of it.</summary>
internal sealed class UpdateState
{
    /// <summary>Zero while it is only admitted, which the history tells of those that a reset gives again.</summary>
    public long AcceptedEventId { get; init; }

    /// <summary>Zero until the handler has returned.</summary>
    public long CompletedEventId { get; set; }

    /// <summary>Why it was rejected; only of those that a reset gave again, because the others are forgotten then.</summary>
    public Failure? Rejection { get; init; }

    [JsonIgnore]
    public bool IsAdmitted => AcceptedEventId == 0 && Rejection is null;

    [JsonIgnore]
    public bool IsDone => CompletedEventId > 0 || Rejection is not null;
}

/// <summary>The updates that the task being completed has brought to its worker, and whether others have come since.</summary>
internal sealed record UpdateInbox(IReadOnlyDictionary<string, Request> Delivered, bool HasMore)
{
    public static readonly UpdateInbox Empty = new(new Dictionary<string, Request>(), false);
}

/// <summary>
/// The messages of one completion: acceptances, rejections and responses of updates. A command tells a message's place
/// among the events; messages without one come last, but before the workflow closes.
/// </summary>
internal sealed class UpdateProtocol(IEnumerable<Message> messages, UpdateInbox inbox)
{
    private const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage;

    private readonly List<Message> _left = [.. messages];
    private readonly HashSet<string> _answered = [];

    /// <summary>The updates that left no trace in the history, and why.</summary>
    public Dictionary<string, Failure> Rejected { get; } = [];

    public bool HasMore => inbox.HasMore;

    /// <summary>The request of an update as its worker gets it, in place behind the last event before the task.</summary>
    public static Message Carry(Request request, long startedEventId) => new()
    {
        Id = $"{request.Meta.UpdateId}/request",
        ProtocolInstanceId = request.Meta.UpdateId,
        EventId = startedEventId - 1,
        Body = Any.Pack(request),
    };

    public void Apply(Transition step, string messageId)
    {
        var index = _left.FindIndex(message => message.Id == messageId);
        if (index < 0)
        {
            throw new WorkflowTaskRefusal(Bad, $"The completion brings no message '{messageId}', to which a command refers.");
        }

        var message = _left[index];
        _left.RemoveAt(index);
        Apply(step, message);
    }

    public void ApplyRest(Transition step)
    {
        _left.ForEach(message => Apply(step, message));
        _left.Clear();
    }

    /// <summary>A worker that knows nothing of updates passes them over: their callers must not wait for ever.</summary>
    public void RejectUnanswered()
    {
        foreach (var updateId in inbox.Delivered.Keys.Where(id => !_answered.Contains(id)))
        {
            Rejected[updateId] = ServerFailure(
                "UnprocessedUpdate", "The worker has completed the workflow task without an answer to the update; it may not support updates.");
        }
    }

    /// <summary>What callers get for an update that was accepted by a workflow which then closed over it.</summary>
    public static Outcome ClosedOver() => new()
    {
        Failure = ServerFailure("AcceptedUpdateCompletedWorkflow", "The workflow closed before the update that it had accepted was completed."),
    };

    private void Apply(Transition step, Message message)
    {
        if (message.Body is null)
        {
            throw new WorkflowTaskRefusal(Bad, $"The message '{message.Id}' has no body.");
        }

        if (message.Body.TryUnpack<Acceptance>(out var acceptance))
        {
            Accept(step, message.ProtocolInstanceId, acceptance);
        }
        else if (message.Body.TryUnpack<Rejection>(out var rejection))
        {
            Reject(step, message.ProtocolInstanceId, rejection);
        }
        else if (message.Body.TryUnpack<Response>(out var response))
        {
            Complete(step, message.ProtocolInstanceId, response);
        }
        else
        {
            throw new WorkflowTaskRefusal(Bad, $"The message '{message.Id}' has a body of the type '{message.Body.TypeUrl}', which this server does not know.");
        }
    }

    /// <summary>The worker sends the request back, so an update survives a server that has forgotten it meanwhile.</summary>
    private void Accept(Transition step, string updateId, Acceptance acceptance)
    {
        var state = step.State;
        var request = inbox.Delivered.GetValueOrDefault(updateId) ?? acceptance.AcceptedRequest;
        var isAdmitted = state.Updates.TryGetValue(updateId, out var known) && known.IsAdmitted;
        if ((request is null && !isAdmitted) || updateId.Length == 0)
        {
            throw new WorkflowTaskRefusal(Bad, $"The update '{updateId}' cannot be accepted: this task did not bring it.");
        }

        if (known is not null && !isAdmitted)
        {
            throw new WorkflowTaskRefusal(Bad, $"The update '{updateId}' has been accepted before.");
        }

        _answered.Add(updateId);
        var accepted = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionUpdateAccepted,
            WorkflowExecutionUpdateAcceptedEventAttributes = new()
            {
                ProtocolInstanceId = updateId,
                AcceptedRequestMessageId = acceptance.AcceptedRequestMessageId,
                AcceptedRequestSequencingEventId = acceptance.AcceptedRequestSequencingEventId,
                AcceptedRequest = isAdmitted ? null : request,
            },
        });
        state.Updates[updateId] = new UpdateState { AcceptedEventId = accepted.EventId };
    }

    private void Reject(Transition step, string updateId, Rejection rejection)
    {
        var why = rejection.Failure ?? new Failure { Message = "The update was rejected without a reason." };
        if (step.State.Updates.TryGetValue(updateId, out var known) && known.IsAdmitted)
        {
            step.State.Updates[updateId] = new UpdateState { Rejection = why };
            return;
        }

        // One that nobody waits for any more is none: the server may have restarted since it was sent.
        if (inbox.Delivered.ContainsKey(updateId))
        {
            _answered.Add(updateId);
            Rejected[updateId] = why;
        }
    }

    private static void Complete(Transition step, string updateId, Response response)
    {
        if (!step.State.Updates.TryGetValue(updateId, out var update) || update.AcceptedEventId == 0 || update.CompletedEventId > 0)
        {
            throw new WorkflowTaskRefusal(Bad, $"The update '{updateId}' cannot be completed: it is not one that was accepted and is under way.");
        }

        if (response.Outcome is null || response.Outcome.ValueCase == Outcome.ValueOneofCase.None)
        {
            throw new WorkflowTaskRefusal(Bad, $"The response to the update '{updateId}' has no outcome.");
        }

        Require.Size(response.Outcome, Limits.BlobBytes, "The outcome of an update", Bad);
        var completed = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionUpdateCompleted,
            WorkflowExecutionUpdateCompletedEventAttributes = new()
            {
                Meta = response.Meta ?? new Meta { UpdateId = updateId },
                AcceptedEventId = update.AcceptedEventId,
                Outcome = response.Outcome,
            },
        });
        update.CompletedEventId = completed.EventId;
    }

    private static Failure ServerFailure(string type, string message) => new()
    {
        Message = message,
        Source = "Server",
        ApplicationFailureInfo = new() { Type = type, NonRetryable = true },
    };
}
