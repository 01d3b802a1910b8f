using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>How requests reach runs: find the run, take its chain's lock, let the engine decide, commit.</summary>
internal sealed class Executions(ChainCache cache)
{
    public Task<ChainLease> EnterAsync(ChainKey key, CancellationToken cancellation) => cache.EnterAsync(key, cancellation);

    /// <summary>Changes the run, or the current run where no run id is given.</summary>
    public async Task<T> ChangeAsync<T>(RunKey key, Func<Transition, T> change, CancellationToken cancellation)
    {
        using var lease = await cache.EnterAsync(key.Chain, cancellation);
        var run = await FindAsync(lease, key, cancellation);
        return await ChangeAsync(lease, run, change);
    }

    public Task ChangeAsync(RunKey key, Action<Transition> change, CancellationToken cancellation) => ChangeAsync(
        key,
        step =>
        {
            change(step);
            return true;
        },
        cancellation);

    /// <summary>Changes a run whose chain the caller has locked. What the engine refuses leaves no trace.</summary>
    public static async Task<T> ChangeAsync<T>(ChainLease lease, LoadedRun run, Func<Transition, T> change)
    {
        var step = lease.Begin(run);
        T result;
        try
        {
            result = change(step);
            if (!step.IsUnchanged)
            {
                step.Finish();
            }
        }
        catch
        {
            run.Rollback();
            throw;
        }

        if (!step.IsUnchanged)
        {
            await lease.CommitAsync(step);
        }

        return result;
    }

    public async Task<T> ReadAsync<T>(RunKey key, Func<RunState, T> read, CancellationToken cancellation)
    {
        using var lease = await cache.EnterAsync(key.Chain, cancellation);
        var run = await FindAsync(lease, key, cancellation);
        return read(run.State);
    }

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(RunKey key, long first, long last, CancellationToken cancellation)
    {
        using var lease = await cache.EnterAsync(key.Chain, cancellation);
        var run = await FindAsync(lease, key, cancellation);
        return await lease.HistoryAsync(run, first, last, cancellation);
    }

    public static async Task<LoadedRun> FindAsync(ChainLease lease, RunKey key, CancellationToken cancellation)
    {
        var run = key.RunId.Length == 0
            ? await lease.CurrentAsync(cancellation)
            : await lease.RunAsync(key.RunId, cancellation);
        return run ?? throw RunRefusals.NoSuchRun();
    }

    public static RunKey Key(string namespaceId, WorkflowExecution? execution)
    {
        if (execution is not { WorkflowId.Length: > 0 })
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "WorkflowId is not set on request.");
        }

        if (execution.RunId.Length > 0 && !Guid.TryParseExact(execution.RunId, "D", out _))
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "Invalid RunId.");
        }

        return new RunKey(namespaceId, execution.WorkflowId, execution.RunId);
    }
}
