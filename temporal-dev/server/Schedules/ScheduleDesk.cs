using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using Temporalio.Api.ErrorDetails.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>Where requests and the clock meet a schedule: one at a time, and each finds it as the last one left it.</summary>
internal sealed class ScheduleDesk(IStore store, ScheduleWork work, ScheduleWatch watch, TimeProvider time)
{
    private readonly ScheduleLocks _locks = new();

    /// <summary>Keeps a new schedule. A request that is repeated finds what it has made.</summary>
    public async Task<ScheduleState> CreateAsync(ScheduleState state, CancellationToken cancellation)
    {
        using var hold = await _locks.EnterAsync(state.Key(), cancellation);
        if (await FindAsync(state.Key(), cancellation) is { } existing)
        {
            return existing.CreateRequestId == state.CreateRequestId
                ? existing
                : throw new GrpcException(
                    GrpcStatusCode.AlreadyExists,
                    $"schedule \"{state.ScheduleId}\" is already registered",
                    new WorkflowExecutionAlreadyStartedFailure());
        }

        await SaveAsync(state);
        return state;
    }

    /// <summary>Brings the schedule up to now and shows it.</summary>
    public async Task<T> ReadAsync<T>(ScheduleKey key, Func<ScheduleState, T> read, CancellationToken cancellation)
    {
        using var hold = await _locks.EnterAsync(key, cancellation);
        var state = await GetAsync(key, cancellation);
        if (!await work.RunAsync(state, cancellation))
        {
            await ForgetAsync(state);
            throw NotFound();
        }

        return read(state);
    }

    /// <summary>Changes the schedule, durably when the task completes; what follows from it comes a moment later.</summary>
    public async Task ChangeAsync(ScheduleKey key, string requestId, Action<ScheduleState> change)
    {
        using var hold = await _locks.EnterAsync(key, CancellationToken.None);
        var state = await GetAsync(key, CancellationToken.None);
        if (!ScheduleChanges.TryRemember(state, requestId))
        {
            return;
        }

        // What came before the change is still decided by the old rules.
        ScheduleAdvance.Advance(state, time.GetUtcNow());
        change(state);
        await SaveAsync(state);
    }

    public async Task DeleteAsync(ScheduleKey key)
    {
        using var hold = await _locks.EnterAsync(key, CancellationToken.None);
        await ForgetAsync(await GetAsync(key, CancellationToken.None));
    }

    /// <summary>Does what is due now.</summary>
    public async Task WakeAsync(ScheduleKey key, CancellationToken cancellation)
    {
        using var hold = await _locks.EnterAsync(key, cancellation);
        if (await FindAsync(key, cancellation) is { } state && !await work.RunAsync(state, cancellation))
        {
            await ForgetAsync(state);
        }
    }

    /// <summary>Takes up a schedule of which nothing is known but what the store says.</summary>
    public void Resume(ScheduleState state)
    {
        foreach (var run in state.Running)
        {
            watch.Add(new ChainKey(state.NamespaceId, run.WorkflowId), state.Key());
        }

        var now = time.GetUtcNow();
        watch.Due.Set(state.Key(), state.Running.Count > 0 ? now : ScheduleAdvance.NextWake(state, now));
    }

    private async Task SaveAsync(ScheduleState state)
    {
        try
        {
            await store.CommitAsync(new Commit([], null) { Schedule = ScheduleCodec.Encode(state) });
        }
        finally
        {
            // Also after a commit that was cut off: it may have taken place, and who wakes finds what is there.
            watch.Due.Set(state.Key(), time.GetUtcNow());
        }
    }

    private async Task ForgetAsync(ScheduleState state)
    {
        await store.DeleteScheduleAsync(state.Key());
        watch.Due.Set(state.Key(), null);
        foreach (var run in state.Running)
        {
            watch.Remove(new ChainKey(state.NamespaceId, run.WorkflowId));
        }
    }

    private async Task<ScheduleState?> FindAsync(ScheduleKey key, CancellationToken cancellation) =>
        await store.ReadScheduleAsync(key, cancellation) is { } stored ? ScheduleCodec.Decode(stored) : null;

    private async Task<ScheduleState> GetAsync(ScheduleKey key, CancellationToken cancellation) =>
        await FindAsync(key, cancellation) ?? throw NotFound();

    private static GrpcException NotFound() => new(GrpcStatusCode.NotFound, "schedule not found", new NotFoundFailure());
}
