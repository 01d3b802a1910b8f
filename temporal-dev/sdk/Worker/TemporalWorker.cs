using System.Reflection;
using Microsoft.Extensions.Logging;
using Temporalio.Bridge;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker.Activities;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Runs;

namespace Temporalio.Worker;

/// <summary>Runs workflows and activities of one task queue. Executes once; a new run needs a new worker.</summary>
public class TemporalWorker : IDisposable
{
    // After core or server are gone nobody waits for results; activities get this long to notice.
    private static readonly TimeSpan AbandonAfter = TimeSpan.FromSeconds(5);

    private int _started;

    /// <exception cref="ArgumentException">Everything that is wrong with the options, one sentence a line.</exception>
    public TemporalWorker(IWorkerClient client, TemporalWorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        WorkerProblems.ThrowIfAny(options);
        Client = client;
        Options = (TemporalWorkerOptions)options.Clone();
    }

    public IWorkerClient Client { get; }

    public TemporalWorkerOptions Options { get; }

    /// <summary>Runs until the token is cancelled, which ends it with an <see cref="OperationCanceledException"/>, or until it fails.</summary>
    public Task ExecuteAsync(CancellationToken stoppingToken) => ExecuteUntilAsync<ValueTuple>(null, stoppingToken);

    /// <summary>Runs until the function completes.</summary>
    public Task ExecuteAsync(Func<Task> untilComplete, CancellationToken stoppingToken = default) =>
        ExecuteUntilAsync<ValueTuple>(
            async () =>
            {
                await untilComplete();
                return default;
            },
            stoppingToken);

    public Task<TResult> ExecuteAsync<TResult>(Func<Task<TResult>> untilComplete, CancellationToken stoppingToken = default) =>
        ExecuteUntilAsync(untilComplete, stoppingToken);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    private static string BuildId() => Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId.ToString() ?? "unknown";

    private async Task<TResult> ExecuteUntilAsync<TResult>(Func<Task<TResult>>? untilComplete, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("This worker has been executed already; create another one.");
        }

        stop.ThrowIfCancellationRequested();
        var core = await ConnectAsync(stop);
        using var log = core.Log(LoggerFactory);
        using var strays = Options.Workflows.Count == 0 || Options.DisableWorkflowTracingEventListener ? null : StrayTaskListener.Listen();
        using var workflows = Options.Workflows.Count == 0 ? null : new WorkflowWorker(core, WorkflowSettings());
        using var activities = Options.Activities.Count == 0 ? null : new ActivityWorker(core, ActivitySettings());
        Task[] loops = [.. new[] { workflows?.ExecuteAsync(), activities?.ExecuteAsync() }.OfType<Task>()];

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stop.Register(() => stopped.TrySetResult());
        var user = untilComplete?.Invoke();
        var first = await Task.WhenAny([.. loops, stopped.Task, .. new[] { user }.OfType<Task>()]);
        await ShutDownAsync(core, activities, Task.WhenAll(loops));
        if (loops.Contains(first))
        {
            // A loop only ends by itself because the core failed.
            await first;
            throw new BridgeException("Temporal's core stopped delivering tasks.");
        }

        stop.ThrowIfCancellationRequested();
        return await user!;
    }

    private ILoggerFactory LoggerFactory => Options.LoggerFactory ?? Client.Options.LoggerFactory;

    private IReadOnlyList<IWorkerInterceptor> Interceptors =>
        [.. Client.Options.Interceptors?.OfType<IWorkerInterceptor>() ?? [], .. Options.Interceptors ?? []];

    private async Task<CoreWorker> ConnectAsync(CancellationToken stop)
    {
        var provider = Client.BridgeClientProvider;
        var identity = Options.Identity ?? provider.Options.Identity ?? $"{Environment.ProcessId}@{Environment.MachineName}";
        return await CoreWorker.ConnectAsync(
            Options.Core ?? CoreProcess.Shared(),
            CoreClientOptions.Write(provider),
            CoreWorkerOptions.Write(Options, identity, Client.Options.Namespace, BuildId()),
            Options.Time,
            stop);
    }

    private async Task ShutDownAsync(CoreWorker core, ActivityWorker? activities, Task loops)
    {
        activities?.NotifyShutdown();
        try
        {
            await core.InitiateShutdownAsync();
            if (await new ServerWatch(Client, Options.Time).OutlastsAsync(loops))
            {
                await loops;
                await core.FinalizeShutdownAsync();
            }
            else
            {
                // The core would go on trying to hand in results; it stays behind with that, until the process ends.
                LoggerFactory.CreateLogger<TemporalWorker>().LogWarning("The server does not answer: worker of {TaskQueue} ends without it", Options.TaskQueue);
                await Task.WhenAny(activities?.AbandonAsync() ?? Task.CompletedTask, Task.Delay(AbandonAfter));
            }
        }
        catch (TemporalException) when (core.CoreEnded.IsCompleted)
        {
            // The caller throws what the loop that noticed it threw.
            await Task.WhenAny(loops, Task.Delay(AbandonAfter));
        }
    }

    private WorkflowWorkerSettings WorkflowSettings() => new(
        [.. Options.Workflows], Client.Options.Namespace, Options.TaskQueue!, Client.Options.DataConverter, LoggerFactory, Interceptors)
    {
        FailureExceptionTypes = Options.WorkflowFailureExceptionTypes ?? [],
        WorkflowStackTrace = Options.WorkflowStackTrace,
        DisableEagerActivityExecution = Options.DisableEagerActivityExecution,
        DebugMode = Options.DebugMode,
        Time = Options.Time,
        WatchScheduler = !Options.DisableWorkflowTracingEventListener,
    };

    private ActivityWorkerSettings ActivitySettings() => new(
        [.. Options.Activities],
        Client.Options.Namespace,
        Options.TaskQueue!,
        Client.Options.DataConverter,
        LoggerFactory,
        Interceptors,
        Options.ActivityTaskFactory,
        Client as ITemporalClient);
}
