using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Worker;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>A worker on a task queue of its own, for as long as a test's body takes.</summary>
internal static class Live
{
    public static async Task RunAsync(Caching caching, Action<TemporalWorkerOptions> configure, Func<LiveQueue, Task> body)
    {
        var client = await LiveServer.ConnectAsync();
        await RunAsync(client, caching, configure, async queue =>
        {
            await body(queue);
            await CommandsInHistory.CompareAsync(queue.Started);
        });
    }

    public static async Task RunAsync(
        TemporalClient client, Caching caching, Action<TemporalWorkerOptions> configure, Func<LiveQueue, Task> body)
    {
        var queue = new LiveQueue(client, $"queue-{Guid.NewGuid()}");
        using var worker = new TemporalWorker(client, queue.Options(caching, configure));
        await worker.ExecuteAsync(() => body(queue));
    }
}

/// <summary>Whether runs stay in memory, or every task replays its whole history.</summary>
public enum Caching
{
    On,
    Off,
}

/// <summary>Where a test's worker listens, and the client to reach it with.</summary>
internal sealed record LiveQueue(TemporalClient Client, string Name)
{
    private readonly ConcurrentQueue<string> _ids = [];

    /// <summary>The workflows that were given their options here, in that order.</summary>
    public IReadOnlyCollection<WorkflowHandle> Started => [.. _ids.Select(id => Client.GetWorkflowHandle(id))];

    public TemporalWorkerOptions Options(Caching caching, Action<TemporalWorkerOptions> configure)
    {
        var options = new TemporalWorkerOptions(Name) { MaxCachedWorkflows = caching == Caching.On ? 1000 : 0 };
        configure(options);
        return options;
    }

    /// <summary>Options for one more workflow of this test, with an id that no other has.</summary>
    public WorkflowOptions New(string? id = null)
    {
        var options = NewWithoutComparison(id);
        _ids.Enqueue(options.Id!);
        return options;
    }

    /// <summary>For a workflow whose commands depend on how long something takes: they are not compared between servers.</summary>
    public WorkflowOptions NewWithoutComparison(string? id = null)
    {
        id ??= $"workflow-{Guid.NewGuid()}";
        // A test that hangs must not leave a workflow behind for ever.
        return new(id, Name) { ExecutionTimeout = TimeSpan.FromMinutes(3) };
    }
}

/// <summary>The two ways of caching, as the data of a <see cref="LiveTheoryAttribute" />.</summary>
public sealed class BothCachingsAttribute : Xunit.Sdk.DataAttribute
{
    public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) => [[Caching.On], [Caching.Off]];
}

/// <summary>Keeps what was logged, for tests that look at it.</summary>
internal sealed class KeptLog : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This log has no providers.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }

    public void Dispose()
    {
    }
}
