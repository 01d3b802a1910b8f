using System.Collections.Concurrent;
using Coresdk;
using Coresdk.ActivityResult;
using Coresdk.ActivityTask;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Bridge;

namespace Temporalio.Worker.Activities;

/// <summary>Takes activity tasks from the core, runs each, and passes cancellations on to those that run.</summary>
internal sealed class ActivityWorker : IDisposable
{
    private readonly CoreWorker _core;
    private readonly ActivityWorkerSettings _settings;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ActivityDefinition> _definitions;
    private readonly ActivityDefinition? _dynamic;
    private readonly ConcurrentDictionary<ByteString, ActivityExecution> _running = new();
    private readonly TasksInProgress _executions = new();
    private readonly CancellationTokenSource _shutdown = new();

    public ActivityWorker(CoreWorker core, ActivityWorkerSettings settings)
    {
        _core = core;
        _settings = settings;
        _logger = settings.LoggerFactory.CreateLogger<ActivityWorker>();
        _definitions = settings.Activities.Where(a => !a.Dynamic).ToDictionary(a => a.Name!);
        _dynamic = settings.Activities.FirstOrDefault(a => a.Dynamic);
    }

    /// <summary>Ends when the core has shut down and every activity has ended.</summary>
    public async Task ExecuteAsync()
    {
        try
        {
            await foreach (var bytes in _core.PollActivityTasks().ReadAllAsync())
            {
                Handle(ActivityTask.Parser.ParseFrom(bytes));
            }
        }
        finally
        {
            if (_core.CoreEnded.IsCompleted)
            {
                AbandonAll();
            }

            await _executions.CloseAsync();
        }
    }

    public void NotifyShutdown() => _shutdown.Cancel();

    /// <summary>Tells activities to end whose results nobody will take any more. Completes when their code has ended.</summary>
    public Task AbandonAsync()
    {
        AbandonAll();
        return Task.WhenAll(_running.Values.Select(execution => execution.Ended));
    }

    public void Dispose() => _shutdown.Dispose();

    private void Handle(ActivityTask task)
    {
        switch (task.VariantCase)
        {
            case ActivityTask.VariantOneofCase.Start:
                var definition = _definitions.GetValueOrDefault(task.Start.ActivityType) ?? _dynamic;
                var execution = new ActivityExecution(_core, _settings, task, definition, _definitions.Keys, _shutdown.Token);
                _running[task.TaskToken] = execution;
                _executions.Start(() => RunAsync(task.TaskToken, execution));
                break;
            case ActivityTask.VariantOneofCase.Cancel:
                // Not found: it ended while the request was on its way.
                if (_running.TryGetValue(task.TaskToken, out var running))
                {
                    running.Cancel(task.Cancel);
                }

                break;
            default:
                throw new NotSupportedException($"The core sent an activity task of the kind {task.VariantCase}, which this SDK does not support.");
        }
    }

    private async Task RunAsync(ByteString token, ActivityExecution execution)
    {
        using (execution)
        {
            var result = await execution.RunAsync();
            _running.TryRemove(token, out _);
            await CompleteAsync(token, result);
        }
    }

    private async Task CompleteAsync(ByteString token, ActivityExecutionResult result)
    {
        try
        {
            await _core.CompleteAsync(new ActivityTaskCompletion { TaskToken = token, Result = result });
        }
        catch (BridgeException e)
        {
            // The server will time the attempt out and, if its policy says so, start another.
            _logger.LogError(e, "The result of an activity could not be reported");
        }
    }

    // Nobody will take their results any more; the sooner they end, the better.
    private void AbandonAll()
    {
        foreach (var execution in _running.Values)
        {
            execution.Cancel(new() { Reason = Coresdk.ActivityTask.ActivityCancelReason.WorkerShutdown, Details = new() { IsWorkerShutdown = true } });
        }
    }
}
