using Microsoft.Extensions.Logging;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>
/// A Temporal service for tests. Time is skipped for the whole environment, so tests that let it be skipped should not share one.
/// </summary>
public class WorkflowEnvironment : IAsyncDisposable
{
    /// <summary>An environment of an existing server, which is left alone when the environment ends.</summary>
    public WorkflowEnvironment(ITemporalClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        Client = client;
        Logger = client.Options.LoggerFactory.CreateLogger<WorkflowEnvironment>();
    }

    public ITemporalClient Client { get; protected init; }

    public virtual bool SupportsTimeSkipping => false;

    protected ILogger<WorkflowEnvironment> Logger { get; private init; }

    /// <summary>Starts a service of its own in this process. It keeps nothing and has real time.</summary>
    public static Task<WorkflowEnvironment> StartLocalAsync(WorkflowEnvironmentStartLocalOptions? options = null) =>
        EmbeddedEnvironment.StartAsync(options ?? new());

    /// <summary>Starts a service of its own in this process, which skips time while a workflow's result is awaited.</summary>
    public static Task<WorkflowEnvironment> StartTimeSkippingAsync(WorkflowEnvironmentStartTimeSkippingOptions? options = null) =>
        EmbeddedEnvironment.StartAsync(options ?? new());

    public Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        DelayAsync(TimeSpan.FromMilliseconds(millisecondsDelay), cancellationToken);

    /// <summary>Sleeps by the service's clock: at once where that can be put forward.</summary>
    public virtual Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        Task.Delay(delay, cancellationToken ?? CancellationToken.None);

    /// <summary>The service's time.</summary>
    public virtual Task<DateTime> GetCurrentTimeAsync() => Task.FromResult(DateTime.Now);

    public void WithAutoTimeSkippingDisabled(Action func) =>
        WithAutoTimeSkippingDisabled(() =>
        {
            func();
            return default(ValueTuple);
        });

    public virtual T WithAutoTimeSkippingDisabled<T>(Func<T> func)
    {
        ArgumentNullException.ThrowIfNull(func);
        return func();
    }

    public Task WithAutoTimeSkippingDisabledAsync(Func<Task> func) =>
        WithAutoTimeSkippingDisabledAsync(async () =>
        {
            await func();
            return default(ValueTuple);
        });

    /// <summary>Runs the function while awaited results do not skip time. Changes nothing where time cannot be skipped.</summary>
    public virtual Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func)
    {
        ArgumentNullException.ThrowIfNull(func);
        return func();
    }

    /// <summary>Stops the service, if this environment has started one.</summary>
    public virtual Task ShutdownAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync();
        GC.SuppressFinalize(this);
    }
}
