using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Update.V1;

namespace TemporalDev.Server.Updates;

/// <summary>An update of one run, in whatever stage it is; what is pending of it is kept to learn of its rejection.</summary>
internal sealed record KnownUpdate(RunKey Run, string UpdateId, PendingUpdate? Pending);

internal sealed record UpdateStatus(UpdateWorkflowExecutionLifecycleStage Stage, Outcome? Outcome)
{
    /// <summary>The run closed before it accepted the update; another run may have taken over.</summary>
    public bool IsAborted { get; init; }
    public bool HasSuccessor { get; init; }
}

/// <summary>Takes in updates and tells how far they are.</summary>
internal sealed class UpdateDesk(Executions executions, UpdateBoard board, RunSignals signals, TimeProvider time)
{
    /// <summary>From this attempt on the workflow's code is taken to be broken, and a caller learns it at once instead of waiting.</summary>
    private const int FailingAttempt = 3;

    public KnownUpdate? Find(RunState state, string updateId)
    {
        var pending = board.Find(state.Key, updateId);
        return pending is not null || state.Updates.ContainsKey(updateId)
            ? new KnownUpdate(state.Key, updateId, pending)
            : null;
    }

    /// <summary>Asking twice under one id is asking once. The caller holds the lock of the run's chain.</summary>
    public async Task<KnownUpdate> AdmitAsync(ChainLease lease, LoadedRun run, Request request)
    {
        var state = run.State;
        if (Find(state, request.Meta.UpdateId) is { } known)
        {
            return known;
        }

        RunRefusals.RequireOpen(state);
        if (state.TaskAttempt >= FailingAttempt)
        {
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition,
                $"The workflow task of this workflow keeps failing (attempt {state.TaskAttempt}), so the update would not be handled.",
                new WorkflowNotReadyFailure());
        }

        var pending = board.Admit(state, request);
        if (state.WorkflowTask is null && state.FirstTaskAt is null)
        {
            try
            {
                await Executions.ChangeAsync(lease, run, step =>
                {
                    WorkflowTasks.Wake(step);
                    return true;
                });
            }
            catch
            {
                board.Withdraw(state.Key, pending);
                throw;
            }
        }

        return new KnownUpdate(state.Key, request.Meta.UpdateId, pending);
    }

    /// <summary>How far the update is once it has reached the stage, its run has closed, or the time is up.</summary>
    public async Task<UpdateStatus> WaitAsync(
        KnownUpdate update, UpdateWorkflowExecutionLifecycleStage stage, Func<TimeSpan> left, CancellationToken cancellation)
    {
        while (true)
        {
            var change = signals.NextChange(update.Run.RunId);
            var status = await StatusAsync(update, cancellation);
            var wait = left();
            if (status.Stage >= stage || status.IsAborted || wait == TimeSpan.Zero)
            {
                return status;
            }

            await change.WaitAsync(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<UpdateStatus> StatusAsync(KnownUpdate update, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(update.Run.Chain, cancellation);
        var run = await Executions.FindAsync(lease, update.Run, cancellation);
        if (run.State.Updates.TryGetValue(update.UpdateId, out var accepted) && (!accepted.IsAdmitted || !run.State.IsOpen))
        {
            return await AcceptedStatusAsync(lease, run, accepted, cancellation);
        }

        return update.Pending switch
        {
            { Outcome: { } rejection } => Completed(rejection),
            { IsAborted: false } => new UpdateStatus(UpdateWorkflowExecutionLifecycleStage.Admitted, null),
            null when accepted is not null => new UpdateStatus(UpdateWorkflowExecutionLifecycleStage.Admitted, null),
            _ => new UpdateStatus(UpdateWorkflowExecutionLifecycleStage.Unspecified, null)
            {
                IsAborted = true,
                HasSuccessor = run.State.SuccessorRunId is not null,
            },
        };
    }

    private static async Task<UpdateStatus> AcceptedStatusAsync(
        ChainLease lease, LoadedRun run, UpdateState accepted, CancellationToken cancellation)
    {
        if (accepted.Rejection is { } rejection)
        {
            return Completed(new Outcome { Failure = rejection });
        }

        if (accepted.CompletedEventId > 0)
        {
            var events = await lease.HistoryAsync(run, accepted.CompletedEventId, accepted.CompletedEventId, cancellation);
            return Completed(events[0].WorkflowExecutionUpdateCompletedEventAttributes.Outcome);
        }

        return run.State.IsOpen
            ? new UpdateStatus(UpdateWorkflowExecutionLifecycleStage.Accepted, null)
            : Completed(UpdateProtocol.ClosedOver());
    }

    private static UpdateStatus Completed(Outcome outcome) => new(UpdateWorkflowExecutionLifecycleStage.Completed, outcome);
}
