using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>What <see cref="Workflow"/> talks to: hands each question to the part of the run that knows.</summary>
internal sealed class RunWorkflowContext(WorkflowRun run, RunParts parts, RunAttributes attributes) : IWorkflowContext
{
    private RunState State => run.State;

    public bool AllHandlersFinished => run.HandlersInProgress.AllFinished;

    public CancellationToken CancellationToken => State.CancellationToken;

    public bool ContinueAsNewSuggested => State.ContinueAsNewSuggested;

    public WorkerDeploymentVersion? CurrentDeploymentVersion => State.DeploymentVersion;

    public string CurrentDetails
    {
        get => State.CurrentDetails;
        set => State.CurrentDetails = value;
    }

    public int CurrentHistoryLength => State.HistoryLength;

    public int CurrentHistorySize => State.HistorySizeBytes;

    public WorkflowUpdateInfo? CurrentUpdateInfo => RunUpdates.Current.Value;

    public WorkflowQueryDefinition? DynamicQuery
    {
        get => run.Queries.Dynamic;
        set => run.Queries.Dynamic = value;
    }

    public WorkflowSignalDefinition? DynamicSignal
    {
        get => run.Signals.Dynamic;
        set => run.Signals.Dynamic = value;
    }

    public WorkflowUpdateDefinition? DynamicUpdate
    {
        get => run.Updates.Dynamic;
        set => run.Updates.Dynamic = value;
    }

    public WorkflowInfo Info => State.Info;

    public object Instance => run.Instance;

    public bool IsReplaying => State.IsReplaying;

    public bool IsReplayingHistoryEvents => State.IsReplayingHistoryEvents;

    public ILogger Logger => State.Logger;

    public IReadOnlyDictionary<string, IRawValue> Memo => attributes.Memo;

    public MetricMeter MetricMeter => SilentMetricMeter.Instance;

    public IPayloadConverter PayloadConverter => State.PayloadConverter;

    public IDictionary<string, WorkflowQueryDefinition> Queries => run.Queries.Handlers;

    public DeterministicRandom Random => State.Random;

    public IDictionary<string, WorkflowSignalDefinition> Signals => run.Signals.Handlers;

    public SearchAttributeCollection TypedSearchAttributes => attributes.SearchAttributes;

    public IDictionary<string, WorkflowUpdateDefinition> Updates => run.Updates.Handlers;

    public DateTime UtcNow => State.UtcNow;

    public ContinueAsNewException CreateContinueAsNewException(
        string workflow, IReadOnlyCollection<object?> args, ContinueAsNewOptions? options) =>
        State.Outbound.CreateContinueAsNewException(new(workflow, args, options, null));

    public Task DelayWithOptionsAsync(DelayOptions options) =>
        State.Outbound.DelayAsync(new(
            options.Delay ?? throw new ArgumentException("Delay is required.", nameof(options)), options.CancellationToken, options.Summary));

    public Task<TResult> ExecuteActivityAsync<TResult>(string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        State.Outbound.ScheduleActivityAsync<TResult>(new(activity, args, options, null));

    public Task<TResult> ExecuteLocalActivityAsync<TResult>(string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        State.Outbound.ScheduleLocalActivityAsync<TResult>(new(activity, args, options, null));

    public ExternalWorkflowHandle<TWorkflow> GetExternalWorkflowHandle<TWorkflow>(string id, string? runId) =>
        parts.Signalling.HandleOf<TWorkflow>(id, runId);

    public bool Patch(string patchId, bool deprecated) => parts.Patches.IsPatched(patchId, deprecated);

    public Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions options) =>
        State.Outbound.StartChildWorkflowAsync<TWorkflow, TResult>(new(workflow, args, options, null));

    public void UpsertMemo(IReadOnlyCollection<MemoUpdate> updates) => attributes.Upsert(updates);

    public void UpsertTypedSearchAttributes(IReadOnlyCollection<SearchAttributeUpdate> updates) => attributes.Upsert(updates);

    public Task<bool> WaitConditionWithOptionsAsync(WaitConditionOptions options) => parts.Conditions.WaitAsync(options);

    public T WithTracingEventListenerDisabled<T>(Func<T> function) => run.Unwatched(function);
}
