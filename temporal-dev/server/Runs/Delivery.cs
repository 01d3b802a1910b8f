using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>One message from one run to another, and what the sender learns of it.</summary>
internal sealed class Delivery(
    Executions executions, Starter starter, NamespaceRegistry namespaces, RunKey sender, OutboxMessage message)
{
    public Task DeliverAsync(CancellationToken cancellation) => message.Kind switch
    {
        OutboxKind.StartChild => StartChildAsync(cancellation),
        OutboxKind.SignalExternal => SignalAsync(cancellation),
        OutboxKind.CancelExternal => CancelAsync(cancellation),
        OutboxKind.ParentNotification => NotifyParentAsync(cancellation),
        OutboxKind.Deletion => DeleteAsync(cancellation),
        _ => ApplyClosePolicyAsync(cancellation),
    };

    private async Task StartChildAsync(CancellationToken cancellation)
    {
        var initiated = await EventAsync(cancellation);
        var attributes = initiated.StartChildWorkflowExecutionInitiatedEventAttributes;
        var (parent, requestId) = await executions.ReadAsync(
            sender, state => (state, state.Children.GetValueOrDefault(initiated.EventId)?.RequestId), cancellation);
        var isWanted = parent.IsOpen ? requestId is not null : attributes.ParentClosePolicy == ParentClosePolicy.Abandon;
        if (!isWanted)
        {
            await SettleAsync(_ => { }, cancellation);
            return;
        }

        if (namespaces.FindByName(attributes.Namespace) is not { } target)
        {
            await SettleChildAsync(StartChildWorkflowExecutionFailedCause.NamespaceNotFound, "", attributes, cancellation);
            return;
        }

        // A parent that has closed has forgotten the request id; the message's place in its history is as unique.
        var spec = ChildStart.Spec(parent, initiated, target, requestId ?? $"{sender.RunId}-{initiated.EventId}");
        try
        {
            var policies = new StartPolicies(attributes.WorkflowIdReusePolicy, WorkflowIdConflictPolicy.Fail);
            var started = await starter.StartAsync(spec, policies, cancellation);
            await SettleChildAsync(StartChildWorkflowExecutionFailedCause.Unspecified, started.RunId, attributes, cancellation);
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.AlreadyExists)
        {
            await SettleChildAsync(StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists, "", attributes, cancellation);
        }
    }

    private Task SettleChildAsync(
        StartChildWorkflowExecutionFailedCause failed,
        string runId,
        StartChildWorkflowExecutionInitiatedEventAttributes attributes,
        CancellationToken cancellation) => SettleAsync(
        step =>
        {
            if (!step.State.IsOpen || !step.State.Children.TryGetValue(message.EventId, out var child) || child.IsStarted)
            {
                return;
            }

            if (failed == StartChildWorkflowExecutionFailedCause.Unspecified)
            {
                Children.Started(step, child, runId, attributes.Header);
                return;
            }

            Children.StartFailed(step, child, failed);
        },
        cancellation);

    private async Task SignalAsync(CancellationToken cancellation)
    {
        var initiated = await EventAsync(cancellation);
        var attributes = initiated.SignalExternalWorkflowExecutionInitiatedEventAttributes;
        var requestId = await executions.ReadAsync(
            sender, state => state.ExternalSignals.GetValueOrDefault(initiated.EventId)?.RequestId, cancellation);
        var failed = SignalExternalWorkflowExecutionFailedCause.Unspecified;
        if (Target(attributes.Namespace) is not { } target)
        {
            failed = SignalExternalWorkflowExecutionFailedCause.NamespaceNotFound;
        }
        else if (requestId is not null)
        {
            try
            {
                var signal = new SignalRequest(attributes.SignalName, attributes.Input, "", attributes.Header, requestId)
                {
                    Sender = Sender(),
                };
                var key = new RunKey(target.Id, attributes.WorkflowExecution.WorkflowId, attributes.WorkflowExecution.RunId);
                await ReachAsync(key, attributes.ChildWorkflowOnly, step => Signals.Signal(step, signal), cancellation);
            }
            catch (GrpcException refused) when (refused.Code is GrpcStatusCode.NotFound or GrpcStatusCode.InvalidArgument)
            {
                failed = refused.Code == GrpcStatusCode.NotFound
                    ? SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound
                    : SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded;
            }
        }

        await SettleAsync(step => Externals.Signaled(step, initiated, failed), cancellation);
    }

    private async Task CancelAsync(CancellationToken cancellation)
    {
        var initiated = await EventAsync(cancellation);
        var attributes = initiated.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
        var requestId = await executions.ReadAsync(
            sender, state => state.ExternalCancels.GetValueOrDefault(initiated.EventId)?.RequestId, cancellation);
        var failed = CancelExternalWorkflowExecutionFailedCause.Unspecified;
        if (Target(attributes.Namespace) is not { } target)
        {
            failed = CancelExternalWorkflowExecutionFailedCause.NamespaceNotFound;
        }
        else if (requestId is not null)
        {
            try
            {
                var cancel = new CancelRequest(attributes.Reason, "", requestId)
                {
                    Sender = Sender(),
                    SenderEventId = initiated.EventId,
                };
                var key = new RunKey(target.Id, attributes.WorkflowExecution.WorkflowId, attributes.WorkflowExecution.RunId);
                await ReachAsync(key, attributes.ChildWorkflowOnly, step => Signals.RequestCancel(step, cancel), cancellation);
            }
            catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
            {
                failed = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound;
            }
        }

        await SettleAsync(step => Externals.CancelRequested(step, initiated, failed), cancellation);
    }

    private async Task NotifyParentAsync(CancellationToken cancellation)
    {
        var close = await EventAsync(cancellation);
        var child = await executions.ReadAsync(sender, state => state, cancellation);
        var parent = child.Started.ParentWorkflowExecution;
        await TryReachHeirAsync(
            new RunKey(child.Started.ParentWorkflowNamespaceId, parent.WorkflowId, parent.RunId),
            step =>
            {
                if (step.State.Children.TryGetValue(child.Started.ParentInitiatedEventId, out var pending)
                    && pending.WorkflowId == child.WorkflowId)
                {
                    Children.Closed(step, pending, close, child.RunId);
                    return;
                }

                step.IsUnchanged = true;
            },
            cancellation);
        await SettleAsync(_ => { }, cancellation);
    }

    private async Task<RunKey?> ParentOfAsync(RunKey child, CancellationToken cancellation)
    {
        try
        {
            var started = await executions.ReadAsync(child, state => state.Started, cancellation);
            return started.ParentWorkflowExecution is { } parent
                ? new RunKey(started.ParentWorkflowNamespaceId, parent.WorkflowId, parent.RunId)
                : null;
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task DeleteAsync(CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(sender.Chain, cancellation);
        if (await lease.RunAsync(sender.RunId, cancellation) is { } run)
        {
            await lease.DeleteAsync(run);
        }
    }

    /// <summary>A reset gives the children of a run to another one.</summary>
    private async Task<RunKey> HeirAsync(RunKey run, CancellationToken cancellation)
    {
        try
        {
            while (await executions.ReadAsync(run, state => state.ResetRunId, cancellation) is { } heir)
            {
                run = run with { RunId = heir };
            }
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
        {
            // Nobody is left to hear of the child; the delivery finds that out as well.
        }

        return run;
    }

    private async Task ApplyClosePolicyAsync(CancellationToken cancellation)
    {
        var target = message.Target!;
        var key = new RunKey(target.NamespaceId, target.WorkflowId, "");
        var parent = await ParentOfAsync(key, cancellation);
        var isMine = parent is not null && (await HeirAsync(parent, cancellation)).RunId == sender.RunId;
        await TryReachAsync(
            key,
            step =>
            {
                if (!isMine || step.State.Started.ParentWorkflowExecution?.RunId != parent!.RunId)
                {
                    // The workflow id belongs to somebody else's run by now.
                    step.IsUnchanged = true;
                }
                else if (target.Policy == ParentClosePolicy.Terminate)
                {
                    Closing.Terminate(step, new TerminateRequest("by parent close policy", null, "history-service"));
                }
                else
                {
                    var cancel = new CancelRequest("by parent close policy", "history-service", $"{sender.RunId}-close") { Sender = Sender() };
                    Signals.RequestCancel(step, cancel);
                }
            },
            cancellation);
        await SettleAsync(_ => { }, cancellation);
    }

    /// <summary>A worker may leave out the namespace that it shares with the receiver.</summary>
    private Namespace? Target(string name) => name.Length == 0 ? namespaces.FindById(sender.NamespaceId) : namespaces.FindByName(name);

    private Task ReachAsync(RunKey target, bool childOnly, Action<Transition> change, CancellationToken cancellation) =>
        executions.ChangeAsync(
            target,
            step =>
            {
                var isStranger = childOnly && step.State.Started.ParentWorkflowExecution?.WorkflowId != sender.WorkflowId;
                // Nobody is the other workflow to itself: its own code can do the same without a message.
                if (isStranger || step.State.Key.Chain == sender.Chain)
                {
                    throw RunRefusals.NoSuchRun();
                }

                change(step);
            },
            cancellation);

    /// <summary>A receiver that is gone, or has closed, needs the message no more.</summary>
    private async Task TryReachAsync(RunKey target, Action<Transition> change, CancellationToken cancellation)
    {
        try
        {
            await executions.ChangeAsync(target, change, cancellation);
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
        {
        }
    }

    /// <summary>
    /// Reaches the run, or the one that took its place by a reset, in one go: who lets the lock of a busy run go in between waits
    /// behind everybody else, and its worker may have gone on by then.
    /// </summary>
    private async Task TryReachHeirAsync(RunKey target, Action<Transition> change, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(target.Chain, cancellation);
        var run = await lease.RunAsync(target.RunId, cancellation);
        while (run?.State.ResetRunId is { } heir)
        {
            run = await lease.RunAsync(heir, cancellation);
        }

        if (run is not null)
        {
            await Executions.ChangeAsync(lease, run, step =>
            {
                change(step);
                return true;
            });
        }
    }

    private Task SettleAsync(Action<Transition> note, CancellationToken cancellation) => executions.ChangeAsync(
        sender,
        step =>
        {
            note(step);
            step.Delivered(message.Id);
        },
        cancellation);

    private async Task<HistoryEvent> EventAsync(CancellationToken cancellation)
    {
        var found = await executions.HistoryAsync(sender, message.EventId, message.EventId, cancellation);
        return found.Count == 1
            ? found[0]
            : throw new InvalidOperationException($"Run {sender.RunId} has a message about event {message.EventId}, which it does not have.");
    }

    private WorkflowExecution Sender() => new() { WorkflowId = sender.WorkflowId, RunId = sender.RunId };
}
