using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>The right to read and change the runs of one workflow id until disposed.</summary>
internal sealed class ChainLease(
    Chain chain, ChainCache cache, IStore store, TimeProvider time, Announcer announcer) : IDisposable
{
    /// <summary>Of a history that is read whole.</summary>
    private const int EventsAtOnce = 1000;

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

        var state = RunCodec.Decode(stored);
        await RecallSignalsAsync(state, cancellation);
        return chain.Runs[runId] = new LoadedRun(state, stored.State);
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
        ParentNotice? notice = null;
        var told = all;
        try
        {
            notice = await ParentNotice.TryTakeAsync(cache, all);
            told = notice is null ? all : [.. all, notice.Step];
            await announcer.HandOverAsync(handover, told);
            await WriteAsync(all, notice);
            announcer.Announce(told);
        }
        catch
        {
            chain.Forget();
            notice?.Parent.Forget();
            cache.Doubt(told);
            throw;
        }
        finally
        {
            handover.Complete();
            notice?.Dispose();
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

    public void Dispose() => cache.Exit(chain);

    /// <summary>The run if it is in memory.</summary>
    public LoadedRun? Loaded(string runId) => chain.Runs.GetValueOrDefault(runId);

    /// <summary>After a change that may or may not have been committed: the runs are read again before they are used again.</summary>
    public void Forget() => chain.Forget();

    /// <summary>Nobody asks a closed run for them.</summary>
    private async Task RecallSignalsAsync(RunState state, CancellationToken cancellation)
    {
        if (!state.IsOpen || state.SignalCount == 0)
        {
            return;
        }

        for (var first = 1L; first < state.NextEventId; first += EventsAtOnce)
        {
            foreach (var item in await store.ReadHistoryAsync(state.RunId, first, Math.Min(first + EventsAtOnce, state.NextEventId) - 1, cancellation))
            {
                state.SignalIds.Note(item);
            }
        }

        state.Buffered.ForEach(state.SignalIds.Note);
        state.SignalIds.Commit();
    }

    private static string NewId() => Guid.NewGuid().ToString();

    private async Task WriteAsync(List<Transition> all, ParentNotice? notice)
    {
        var writes = all.ConvertAll(Write);
        RunWrite[] parent = notice is null ? [] : [Write(notice.Step)];
        var begun = all.LastOrDefault(step => step.State.IsOpen && step.State.RunId != chain.CurrentRunId)
            ?? all.LastOrDefault(step => step.Events.Count > 0 && step.Events[0].EventId == 1);
        await store.CommitAsync(new Commit([.. writes, .. parent], begun is null ? null : new CurrentRun(chain.Key, begun.State.RunId)));
        for (var index = 0; index < all.Count; index++)
        {
            Remember(all[index], writes[index]);
        }

        notice?.Parent.Remember(notice.Step, parent[0]);

        if (begun is not null)
        {
            chain.CurrentRunId = begun.State.RunId;
            chain.IsCurrentKnown = true;
            chain.KeepOnly(all);
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

        loaded.Commit(write.State, write.Batch);
    }
}
