using System.Collections.Concurrent;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;

namespace TemporalDev.Server.Updates;

/// <summary>An update that was asked for and that its workflow has not accepted yet. Like a query it lives in memory only.</summary>
internal sealed class PendingUpdate(Request request)
{
    public Request Request => request;

    public string Id => request.Meta.UpdateId;

    /// <summary>The workflow task that took it to a worker last.</summary>
    public (long StartedEventId, int Attempt)? SentWith { get; set; }

    /// <summary>Set when it was rejected, which is written nowhere.</summary>
    public Outcome? Outcome { get; set; }

    /// <summary>Its run closed before it was accepted.</summary>
    public bool IsAborted { get; set; }
}

/// <summary>The updates that wait to be accepted, by run. Whoever touches those of a run holds the lock of its chain.</summary>
internal sealed class UpdateBoard
{
    private readonly ConcurrentDictionary<RunKey, List<PendingUpdate>> _pending = [];

    public PendingUpdate? Find(RunKey run, string updateId) => Of(run).FirstOrDefault(update => update.Id == updateId);

    public PendingUpdate Admit(RunState state, Request request)
    {
        var pending = _pending.GetOrAdd(state.Key, static _ => []);
        if (pending.Count + state.Updates.Values.Count(update => !update.IsDone) >= Limits.UpdatesInFlight)
        {
            throw new GrpcException(
                GrpcStatusCode.ResourceExhausted,
                $"{Limits.UpdatesInFlight} updates of this workflow are in flight, which is the limit; try again when one is done.",
                new ResourceExhaustedFailure { Cause = ResourceExhaustedCause.ConcurrentLimit, Scope = ResourceExhaustedScope.Namespace });
        }

        if (pending.Count + state.Updates.Count >= Limits.Updates)
        {
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition, $"The workflow has received {Limits.Updates} updates, which is the limit.");
        }

        var admitted = new PendingUpdate(request);
        pending.Add(admitted);
        return admitted;
    }

    public void Withdraw(RunKey run, PendingUpdate update) => Keep(run, other => other != update);

    /// <summary>The messages that the started workflow task has to carry: all that no worker has answered yet.</summary>
    public IEnumerable<Message> Send(RunState state)
    {
        var task = state.WorkflowTask!;
        foreach (var update in Of(state.Key))
        {
            update.SentWith = (task.StartedEventId, task.Attempt);
            yield return UpdateProtocol.Carry(update.Request, task.StartedEventId);
        }
    }

    /// <summary>What the worker that completes the run's task has got, before the completion changes the state.</summary>
    public UpdateInbox Inbox(RunState state)
    {
        var task = (state.WorkflowTask!.StartedEventId, state.WorkflowTask.Attempt);
        var pending = Of(state.Key);
        return new UpdateInbox(
            pending.Where(update => update.SentWith == task).ToDictionary(update => update.Id, update => update.Request),
            pending.Any(update => update.SentWith != task));
    }

    public void Reject(RunKey run, IReadOnlyDictionary<string, Failure> rejected)
    {
        foreach (var update in Of(run).Where(update => rejected.ContainsKey(update.Id)))
        {
            update.Outcome = new Outcome { Failure = rejected[update.Id] };
        }

        Keep(run, update => update.Outcome is null);
    }

    /// <summary>Lets go what was accepted, and everything when the run has closed.</summary>
    public void Observe(RunState state)
    {
        if (state.IsOpen)
        {
            Keep(state.Key, update => !state.Updates.ContainsKey(update.Id));
            return;
        }

        if (_pending.TryRemove(state.Key, out var aborted))
        {
            aborted.ForEach(update => update.IsAborted = true);
        }
    }

    private List<PendingUpdate> Of(RunKey run) => _pending.TryGetValue(run, out var pending) ? pending : [];

    private void Keep(RunKey run, Predicate<PendingUpdate> isKept)
    {
        if (_pending.TryGetValue(run, out var pending))
        {
            pending.RemoveAll(update => !isKept(update));
            if (pending.Count == 0)
            {
                _pending.TryRemove(run, out _);
            }
        }
    }
}
