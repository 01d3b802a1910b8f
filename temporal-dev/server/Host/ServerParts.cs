using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Metrics;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Retention;
using TemporalDev.Server.Rpc;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Timers;
using TemporalDev.Server.Updates;
using TemporalDev.Server.Workers;

namespace TemporalDev.Server.Host;

/// <summary>The composition of the service, apart from its sockets.</summary>
internal sealed class ServerParts : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly CancellationTokenSource _stop = new();
    private readonly NamespaceRegistry _namespaces;
    private readonly List<Task> _loops = [];

    private ServerParts(IStore store)
    {
        _store = store;
        _namespaces = new NamespaceRegistry(store);
    }

    public GrpcRoutes Routes { get; } = new();

    /// <summary>What there is to measure, once the parts are composed.</summary>
    public ServerFigures Figures { get; private set; } = null!;

    public static async Task<ServerParts> OpenAsync(TemporalOptions options, ILoggerFactory log, CancellationToken cancellation)
    {
        if (options is { TimeSkipping: true, Database: not null })
        {
            throw new ArgumentException("Time can be skipped only where nothing is kept: leave out the database.");
        }

        IStore store = options.Database is { } database
            ? new OutageTellingStore(await PostgresStore.OpenAsync(database, cancellation))
            : new MemoryStore();
        var parts = new ServerParts(store);
        try
        {
            await parts.ComposeAsync(options, log, cancellation);
            return parts;
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var loop in _loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _store.DisposeAsync();
        _namespaces.Dispose();
        _stop.Dispose();
    }

    private async Task ComposeAsync(TemporalOptions options, ILoggerFactory log, CancellationToken cancellation)
    {
        var namespaces = _namespaces;
        await namespaces.LoadAsync(cancellation);
        foreach (var name in options.Namespaces)
        {
            await namespaces.EnsureAsync(name);
            await namespaces.AddAttributesAsync(name, options.SearchAttributes);
        }

        // Workers and callers wait in real time; runs live in theirs.
        var clock = options.TimeSkipping ? new VirtualClock(options.Time) : null;
        var time = clock ?? options.Time;
        var queues = new TaskQueues(options.Time);
        var due = new DueTimes<RunKey>(time);
        var schedules = new ScheduleWatch(time);
        var skipping = clock is null ? null : new TimeSkipping(clock, due, schedules.Due);
        Figures = new ServerFigures(Routes, namespaces, queues, _store);
        var signals = new RunSignals();
        var queries = new QueryBoard();
        var updates = new UpdateBoard();
        var outbox = new DueTimes<RunKey>(options.Time);
        var workers = new WorkerDirectory(options.Time);
        var announcer = new Announcer(queues, due, signals, queries, updates, outbox, schedules, skipping);
        var chains = new ChainCache(_store, time, announcer);
        var executions = new Executions(chains);
        var starter = new Starter(executions);
        var scheduleWork = new ScheduleWork(_store, executions, starter, schedules, time, log.CreateLogger<ScheduleWork>());
        var scheduleDesk = new ScheduleDesk(_store, scheduleWork, schedules, time);

        var replies = new WorkflowTaskReplies(executions, queries, updates);
        var desk = new UpdateDesk(executions, updates, signals, options.Time);
        SystemRpc.Map(Routes);
        new NamespaceRpc(namespaces).Map(Routes);
        new StartRpc(namespaces, starter, replies, time).Map(Routes);
        new WorkflowRpc(namespaces, executions).Map(Routes);
        new ResetRpc(namespaces, executions).Map(Routes);
        new DeleteRpc(namespaces, executions).Map(Routes);
        new HistoryRpc(namespaces, executions, signals).Map(Routes);
        new WorkflowTaskRpc(namespaces, executions, queues, queries, updates, replies).Map(Routes);
        new UpdateRpc(namespaces, executions, desk).Map(Routes);
        new MultiOperationRpc(namespaces, executions, desk, time).Map(Routes);
        new ActivityTaskRpc(namespaces, executions, queues).Map(Routes);
        new ActivityOperationRpc(namespaces, executions, time).Map(Routes);
        new ActivityOptionsRpc(namespaces, executions).Map(Routes);
        new QueryRpc(namespaces, executions, queues, queries, skipping).Map(Routes);
        new VisibilityRpc(namespaces, _store).Map(Routes);
        new OperatorRpc(namespaces).Map(Routes);
        new ScheduleRpc(namespaces, scheduleDesk, time).Map(Routes);
        new ScheduleListRpc(namespaces, _store, time).Map(Routes);
        if (skipping is not null)
        {
            new TestServiceRpc(skipping).Map(Routes);
        }

        new TaskQueueRpc(namespaces, queues, workers).Map(Routes);
        new WorkerRpc(namespaces, workers).Map(Routes);

        await ResumeAsync(announcer, scheduleDesk, cancellation);
        if (skipping is null)
        {
            // Under a clock that jumps, what has just been looked at would be gone at the next step.
            _loops.Add(new RetentionSweeper(namespaces, executions, _store, time, log.CreateLogger<RetentionSweeper>()).RunAsync(_stop.Token));
        }

        Wake(schedules.Due, scheduleDesk.WakeAsync, time, log, skipping);
        Wake(due, new Alarm(due, executions).WakeAsync, time, log, skipping);
        Wake(outbox, new Courier(executions, starter, namespaces).DeliverAsync, options.Time, log, skipping: null);
        Wake(chains.Doubtful, new Inquiry(executions, announcer).AskAsync, time, log, skipping: null);
    }

    private void Wake<TKey>(
        DueTimes<TKey> due, Func<TKey, CancellationToken, Task> wake, TimeProvider time, ILoggerFactory log, TimeSkipping? skipping)
        where TKey : class, IEquatable<TKey> =>
        _loops.Add(new Wakeups<TKey>(due, wake, time, log.CreateLogger<Wakeups<TKey>>(), skipping).RunAsync(_stop.Token));

    /// <summary>What a server before this one left under way.</summary>
    private async Task ResumeAsync(Announcer announcer, ScheduleDesk schedules, CancellationToken cancellation)
    {
        await foreach (var stored in _store.ReadUnfinishedAsync(cancellation))
        {
            announcer.Resume(RunCodec.Decode(stored));
        }

        await foreach (var stored in _store.ReadSchedulesAsync(cancellation))
        {
            schedules.Resume(ScheduleCodec.Decode(stored));
        }
    }
}
