using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Coresdk.WorkflowActivation;
using Temporalio.Api.History.V1;
using Temporalio.Bridge;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker.Runs;

namespace Temporalio.Worker;

/// <param name="ReplayFailure">Null if the workflow's code still does what the history says.</param>
public record WorkflowReplayResult(WorkflowHistory History, Exception? ReplayFailure);

/// <summary>Runs recorded histories against the workflows of today, on the core that also runs them live.</summary>
public class WorkflowReplayer
{
    public WorkflowReplayer(WorkflowReplayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Workflows.Count == 0)
        {
            throw new ArgumentException("The replayer has no workflows.", nameof(options));
        }

        Options = (WorkflowReplayerOptions)options.Clone();
    }

    public WorkflowReplayerOptions Options { get; }

    public async Task<WorkflowReplayResult> ReplayWorkflowAsync(WorkflowHistory history, bool throwOnReplayFailure = true)
    {
        var results = await ReplayWorkflowsAsync([history], throwOnReplayFailure);
        return results.Single();
    }

    public async Task<IReadOnlyCollection<WorkflowReplayResult>> ReplayWorkflowsAsync(
        IEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure = false)
    {
        var results = new List<WorkflowReplayResult>();
        await foreach (var result in ReplayWorkflowsAsync(histories.ToAsyncEnumerable(), throwOnReplayFailure))
        {
            results.Add(result);
        }

        return results;
    }

    public async IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        IAsyncEnumerable<WorkflowHistory> histories,
        bool throwOnReplayFailure = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var evictions = Channel.CreateUnbounded<RemoveFromCache>();
        var core = await CoreWorker.ReplayAsync(Options.Core ?? CoreProcess.ForReplays(), CoreWorkerOptions.Write(ReplayWorker(), "replay", Options.Namespace, "replay"));
        using var log = core.Log(Options.LoggerFactory);
        using var strays = Options.DisableWorkflowTracingEventListener ? null : StrayTaskListener.Listen();
        using var workflows = new WorkflowWorker(core, Settings(eviction => evictions.Writer.TryWrite(eviction)));
        var loop = workflows.ExecuteAsync();
        try
        {
            await foreach (var history in histories.WithCancellation(cancellationToken))
            {
                await core.PushHistoryAsync(history.Id, new History { Events = { history.Events } });
                // One at a time, so the next run to leave the cache is this one's.
                var eviction = evictions.Reader.ReadAsync(cancellationToken).AsTask();
                if (await Task.WhenAny(eviction, loop) == loop)
                {
                    await loop;
                }

                var failure = FailureOf(await eviction);
                if (failure != null && throwOnReplayFailure)
                {
                    throw failure;
                }

                yield return new(history, failure);
            }
        }
        finally
        {
            if (!core.CoreEnded.IsCompleted)
            {
                await core.CloseHistoryStreamAsync();
                await core.InitiateShutdownAsync();
                await loop;
                await core.FinalizeShutdownAsync();
            }
        }
    }

    private static InvalidWorkflowOperationException? FailureOf(RemoveFromCache eviction) => eviction.Reason switch
    {
        RemoveFromCache.Types.EvictionReason.CacheFull or
        RemoveFromCache.Types.EvictionReason.LangRequested or
        RemoveFromCache.Types.EvictionReason.WorkflowExecutionEnding => null,
        RemoveFromCache.Types.EvictionReason.Nondeterminism => new WorkflowNondeterminismException(eviction.Message),
        _ => new InvalidWorkflowOperationException($"{eviction.Reason}: {eviction.Message}"),
    };

    private TemporalWorkerOptions ReplayWorker()
    {
        var options = new TemporalWorkerOptions(Options.TaskQueue) { MaxCachedWorkflows = 1 };
        foreach (var workflow in Options.Workflows)
        {
            options.AddWorkflow(workflow);
        }

        return options;
    }

    private WorkflowWorkerSettings Settings(Action<RemoveFromCache> evicted) => new(
        [.. Options.Workflows],
        Options.Namespace,
        Options.TaskQueue,
        Options.DataConverter,
        Options.LoggerFactory,
        [.. Options.Interceptors ?? []])
    {
        FailureExceptionTypes = Options.WorkflowFailureExceptionTypes ?? [],
        DebugMode = Options.DebugMode,
        WatchScheduler = !Options.DisableWorkflowTracingEventListener,
        Evicted = (_, eviction) => evicted(eviction),
    };
}
