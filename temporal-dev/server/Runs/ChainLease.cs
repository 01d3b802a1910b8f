using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>The right to read and change the runs of one workflow id until disposed.</summary>
internal sealed class ChainLease(
    Chain chain, IStore store, TimeProvider time, Announcer announcer, Action<Chain> exit) : IDisposable
{
    public async Task<LoadedRun?> CurrentAsync(CancellationToken cancellation)
    {
        if (!chain.IsCurrentKnown)
        {
            chain.CurrentRunId = await store.ReadCurrentRunIdAsync(chain.Key, cancellation);
            chain.IsCurrentKnown = true;
        }

        return chain.CurrentRunId is { } runId ? await RunAsync(runId, cancellation) : null;
    }

    public async Task<LoadedRun?> RunAsync(string runId, CancellationToken cancellation)
    {
        if (chain.Runs.TryGetValue(runId, out var loaded))
        {
            return loaded;
        }

        var key = new RunKey(chain.Key.NamespaceId, chain.Key.WorkflowId, runId);
        if (await store.ReadRunAsync(key, cancellation) is not { } stored)
        {
            return null;
        }

        return chain.Runs[runId] = new LoadedRun(RunCodec.Decode(stored), stored.State);
    }

    public Transition Begin(LoadedRun run) => new(run.State, time.GetUtcNow(), NewId);

    public Transition Begin(StartSpec spec) => RunStart.Begin(spec, time.GetUtcNow(), NewId);

    public Transition Reset(LoadedRun original, IReadOnlyList<HistoryEvent> history, ResetRequest request) =>
        Resets.Begin(original.State, history, request, time.GetUtcNow(), NewId);

    /// <summary>
    /// Makes finished transitions durable together, then lets the rest of the server know. They come in the order in
    /// which their runs end and begin.
    /// </summary>
    public async Task CommitAsync(params IReadOnlyList<Transition> steps)
    {
        var all = steps.SelectMany(step => step.Successor is { } next ? [step, next] : new[] { step }).ToList();
        var handover = new Handover();
        try
        {
            await announcer.HandOverAsync(handover, all);
            await WriteAsync(all);
            announcer.Announce(all);
        }
        catch
        {
            chain.Forget();
            throw;
        }
        finally
        {
            handover.Complete();
        }
    }

    public async Task DeleteAsync(LoadedRun run)
    {
        await store.DeleteRunAsync(run.State.Key);
        chain.Forget();
    }

    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(
        LoadedRun run, long first, long last, CancellationToken cancellation)
    {
        var tailStart = run.TailStart;
        if (first >= tailStart)
        {
            return run.Tail(first, last);
        }

        var older = await store.ReadHistoryAsync(run.State.RunId, first, Math.Min(last, tailStart - 1), cancellation);
        return last < tailStart ? older : [.. older, .. run.Tail(tailStart, last)];
    }

    public void Dispose() => exit(chain);

    private static string NewId() => Guid.NewGuid().ToString();

    private async Task WriteAsync(List<Transition> all)
    {
        var writes = all.ConvertAll(Write);
        var begun = all.LastOrDefault(step => step.State.IsOpen && step.State.RunId != chain.CurrentRunId)
            ?? all.LastOrDefault(step => step.Events.Count > 0 && step.Events[0].EventId == 1);
        await store.CommitAsync(new Commit(writes, begun is null ? null : new CurrentRun(chain.Key, begun.State.RunId)));
        for (var index = 0; index < all.Count; index++)
        {
            Remember(all[index], writes[index]);
        }

        if (begun is not null)
        {
            chain.CurrentRunId = begun.State.RunId;
            chain.IsCurrentKnown = true;
        }
    }

    private static RunWrite Write(Transition step) => new(step.State.Key, RunCodec.Encode(step.State))
    {
        IsOpen = step.State.IsOpen,
        HasOutbox = step.State.Outbox.Count > 0,
        Batch = RunCodec.Encode(step.Events),
        Visibility = step.VisibilityChanged ? VisibilityRow.Of(step.State) : null,
    };

    private void Remember(Transition step, RunWrite write)
    {
        var runId = step.State.RunId;
        if (!chain.Runs.TryGetValue(runId, out var loaded))
        {
            chain.Runs[runId] = loaded = new LoadedRun(step.State, write.State);
        }

        loaded.Commit(write.State, step.Events, write.Batch?.Events.Length ?? 0);
    }
}
