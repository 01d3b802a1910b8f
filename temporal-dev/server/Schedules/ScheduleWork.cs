using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Storage;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>
/// Carries out what a schedule decides. Every decision is durable before it is acted on, and acting twice is harmless:
/// starts have request ids, and a run that has ended cannot be stopped again. The caller holds the schedule's lock.
/// </summary>
internal sealed class ScheduleWork(
    IStore store, Executions executions, Starter starter, ScheduleWatch watch, TimeProvider time, ILogger<ScheduleWork> log)
{
    private static readonly StartPolicies FromSpec = new(WorkflowIdReusePolicy.RejectDuplicate, WorkflowIdConflictPolicy.Fail);
    private static readonly StartPolicies ByHand = new(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.Fail);

    /// <summary>Learns what has ended, decides, and acts until there is nothing to do now. False when the schedule has expired.</summary>
    public async Task<bool> RunAsync(ScheduleState state, CancellationToken cancellation)
    {
        var written = ScheduleCodec.Encode(state).State;
        await LearnAsync(state, cancellation);
        var hasMore = ScheduleAdvance.Advance(state, time.GetUtcNow());
        written = await SaveAsync(state, written);
        if (state.Due.Count > 0 || state.Stops.Count > 0)
        {
            await ActAsync(state, cancellation);
            await LearnAsync(state, cancellation);
            hasMore |= ScheduleAdvance.Advance(state, time.GetUtcNow());
            await SaveAsync(state, written);
        }

        var now = time.GetUtcNow();
        if (ScheduleAdvance.ExpiresAt(state) <= now)
        {
            return false;
        }

        watch.Sleep(state.Key(), hasMore ? now : ScheduleAdvance.NextWake(state, now));
        return true;
    }

    private async Task<byte[]> SaveAsync(ScheduleState state, byte[] written)
    {
        var write = ScheduleCodec.Encode(state);
        if (!write.State.AsSpan().SequenceEqual(written))
        {
            await store.CommitAsync(new Commit([], null) { Schedule = write });
        }

        return write.State;
    }

    private async Task ActAsync(ScheduleState state, CancellationToken cancellation)
    {
        foreach (var stop in state.Stops)
        {
            await StopAsync(state, stop, cancellation);
        }

        state.Stops.Clear();
        foreach (var start in state.Due.ToList())
        {
            await StartAsync(state, start, cancellation);
        }
    }

    private async Task StartAsync(ScheduleState state, PlannedStart start, CancellationToken cancellation)
    {
        var spec = ScheduledStart.Spec(state, start);
        var chain = new ChainKey(state.NamespaceId, spec.Started.WorkflowId);
        if (start.IsTracked)
        {
            watch.Add(chain, state.Key());
        }

        try
        {
            var started = await starter.StartAsync(spec, start.IsManual ? ByHand : FromSpec, cancellation);
            var run = new WorkflowExecution { WorkflowId = chain.WorkflowId, RunId = started.RunId };
            ScheduleOutcomes.Started(state, start, run, time.GetUtcNow());
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.AlreadyExists)
        {
            log.LogWarning("Schedule {ScheduleId} could not start {WorkflowId}: the id is taken", state.ScheduleId, chain.WorkflowId);
            watch.Remove(chain);
            ScheduleOutcomes.Refused(state, start);
        }
    }

    private async Task StopAsync(ScheduleState state, StopOrder stop, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(new ChainKey(state.NamespaceId, stop.Run.WorkflowId), cancellation);
        if (await LastRunAsync(lease, stop.Run.RunId, cancellation) is not { State.IsOpen: true } run)
        {
            return;
        }

        await Executions.ChangeAsync(lease, run, step =>
        {
            if (stop.IsTermination)
            {
                Closing.Terminate(step, new TerminateRequest("terminated by schedule overlap policy", null, state.Identity()));
            }
            else
            {
                Signals.RequestCancel(step, new CancelRequest("cancelled by schedule overlap policy", state.Identity(), ""));
            }

            return true;
        });
    }

    private async Task LearnAsync(ScheduleState state, CancellationToken cancellation)
    {
        watch.Look(state.Key());
        foreach (var run in state.Running.ToList())
        {
            var chain = new ChainKey(state.NamespaceId, run.WorkflowId);
            if (await EndAsync(chain, run.RunId, cancellation) is { } end)
            {
                watch.Remove(chain);
                ScheduleOutcomes.Ended(state, run, end);
            }
        }
    }

    /// <summary>Null while the workflow runs. One that has been deleted has ended in no particular way.</summary>
    private async Task<WorkflowEnd?> EndAsync(ChainKey chain, string runId, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(chain, cancellation);
        if (await LastRunAsync(lease, runId, cancellation) is not { } run)
        {
            return new WorkflowEnd(WorkflowExecutionStatus.Unspecified, null, null);
        }

        if (run.State.IsOpen)
        {
            return null;
        }

        var last = run.State.NextEventId - 1;
        var closed = (await lease.HistoryAsync(run, last, last, cancellation)).Single();
        return new WorkflowEnd(
            run.State.Status,
            closed.WorkflowExecutionCompletedEventAttributes?.Result,
            closed.WorkflowExecutionFailedEventAttributes?.Failure);
    }

    /// <summary>The run that a run has become by retries, continuations and resets.</summary>
    private static async Task<LoadedRun?> LastRunAsync(ChainLease lease, string runId, CancellationToken cancellation)
    {
        var run = await lease.RunAsync(runId, cancellation);
        while (run?.State is { IsOpen: false } closed && (closed.ResetRunId ?? closed.SuccessorRunId) is { } next)
        {
            run = await lease.RunAsync(next, cancellation);
        }

        return run;
    }
}
