using System.Linq.Expressions;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Runs;

namespace Temporalio.Workflows;

/// <summary>
/// Everything a workflow may ask for. Only usable inside a workflow; what it gives is the same again on every replay.
/// Tokens that are left out are the workflow's own <see cref="CancellationToken"/>.
/// </summary>
public static class Workflow
{
    /// <summary>False while a signal or update handler still runs: wait for it before the workflow ends or continues as new.</summary>
    public static bool AllHandlersFinished => Context.AllHandlersFinished;

    public static CancellationToken CancellationToken => Context.CancellationToken;

    /// <summary>The server's advice, as of the current task.</summary>
    public static bool ContinueAsNewSuggested => Context.ContinueAsNewSuggested;

    /// <summary>The build that ran (or runs) the current task; the same on replay.</summary>
    public static string CurrentBuildId => Context.CurrentDeploymentVersion?.BuildId ?? string.Empty;

    public static WorkerDeploymentVersion? CurrentDeploymentVersion => Context.CurrentDeploymentVersion;

    /// <summary>Markdown for people, shown by the UI and the CLI while the workflow runs.</summary>
    public static string CurrentDetails
    {
        get => Context.CurrentDetails;
        set => Context.CurrentDetails = value;
    }

    public static int CurrentHistoryLength => Context.CurrentHistoryLength;

    public static int CurrentHistorySize => Context.CurrentHistorySize;

    /// <summary>The update whose handler, or something started by it, is asking.</summary>
    public static WorkflowUpdateInfo? CurrentUpdateInfo => Context.CurrentUpdateInfo;

    public static WorkflowQueryDefinition? DynamicQuery
    {
        get => Context.DynamicQuery;
        set => Context.DynamicQuery = value;
    }

    /// <summary>Setting it delivers the signals that nobody understood so far.</summary>
    public static WorkflowSignalDefinition? DynamicSignal
    {
        get => Context.DynamicSignal;
        set => Context.DynamicSignal = value;
    }

    public static WorkflowUpdateDefinition? DynamicUpdate
    {
        get => Context.DynamicUpdate;
        set => Context.DynamicUpdate = value;
    }

    public static WorkflowInfo Info => Context.Info;

    public static object Instance => Context.Instance;

    public static bool InWorkflow => TaskScheduler.Current is RunScheduler;

    /// <summary>Silent during replay.</summary>
    public static ILogger Logger => Context.Logger;

    public static IReadOnlyDictionary<string, IRawValue> Memo => Context.Memo;

    public static MetricMeter MetricMeter => Context.MetricMeter;

    public static IPayloadConverter PayloadConverter => Context.PayloadConverter;

    public static IDictionary<string, WorkflowQueryDefinition> Queries => Context.Queries;

    /// <summary>Ask for it each time: a reset replaces it.</summary>
    public static DeterministicRandom Random => Context.Random;

    /// <summary>Adding a handler delivers the signals of that name that came before it.</summary>
    public static IDictionary<string, WorkflowSignalDefinition> Signals => Context.Signals;

    public static SearchAttributeCollection TypedSearchAttributes => Context.TypedSearchAttributes;

    public static IDictionary<string, WorkflowUpdateDefinition> Updates => Context.Updates;

    /// <summary>When the current task started: it does not move while code runs.</summary>
    public static DateTime UtcNow => Context.UtcNow;

    /// <summary>Lets conditions see the workflow although they do not run as one of its tasks.</summary>
    internal static AsyncLocal<IWorkflowContext?> OverrideContext { get; } = new();

    private static IWorkflowContext Context =>
        (TaskScheduler.Current as RunScheduler)?.Context ??
        OverrideContext.Value ??
        throw new InvalidOperationException(
            "This code does not run in a workflow. Inside one it gets here by Task.Run or ConfigureAwait(false): use Workflow.RunTaskAsync, and leave ConfigureAwait out.");

    /// <summary>Gives the exception; the workflow has to throw it.</summary>
    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ContinueAsNewOptions? options = null) =>
        ContinueAsNew(CallExpression.From(workflowRunCall), options);

    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ContinueAsNewOptions? options = null) =>
        ContinueAsNew(CallExpression.From(workflowRunCall), options);

    public static ContinueAsNewException CreateContinueAsNewException(
        string workflow, IReadOnlyCollection<object?> args, ContinueAsNewOptions? options = null) =>
        Context.CreateContinueAsNewException(workflow, args, options);

    /// <summary>Waits on a timer of the server. Zero still is one (of a millisecond); infinite is none.</summary>
    public static Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        DelayWithOptionsAsync(new(millisecondsDelay, cancellationToken: cancellationToken));

    public static Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        DelayWithOptionsAsync(new(delay, cancellationToken: cancellationToken));

    public static Task DelayWithOptionsAsync(DelayOptions options) => Context.DelayWithOptionsAsync(options);

    /// <summary>Says that no workflow needs the old side of this patch any more.</summary>
    public static void DeprecatePatch(string patchId) => Context.Patch(patchId, deprecated: true);

    /// <summary>True for workflows that came here first with this patch in their code, and on each replay of them.</summary>
    public static bool Patched(string patchId) => Context.Patch(patchId, deprecated: false);

    public static Task<TResult> ExecuteActivityAsync<TResult>(Expression<Func<TResult>> activityCall, ActivityOptions options) =>
        Activity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteActivityAsync(Expression<Action> activityCall, ActivityOptions options) =>
        Activity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, ActivityOptions options) =>
        Activity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteActivityAsync<TActivityInstance>(
        Expression<Action<TActivityInstance>> activityCall, ActivityOptions options) =>
        Activity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteActivityAsync<TResult>(Expression<Func<Task<TResult>>> activityCall, ActivityOptions options) =>
        Activity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteActivityAsync(Expression<Func<Task>> activityCall, ActivityOptions options) =>
        Activity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, ActivityOptions options) =>
        Activity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, ActivityOptions options) =>
        Activity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task ExecuteActivityAsync(string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        Context.ExecuteActivityAsync<ValueTuple>(activity, args, options);

    public static Task<TResult> ExecuteActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        Context.ExecuteActivityAsync<TResult>(activity, args, options);

    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(Expression<Func<TResult>> activityCall, LocalActivityOptions options) =>
        LocalActivity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteLocalActivityAsync(Expression<Action> activityCall, LocalActivityOptions options) =>
        LocalActivity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, LocalActivityOptions options) =>
        LocalActivity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteLocalActivityAsync<TActivityInstance>(
        Expression<Action<TActivityInstance>> activityCall, LocalActivityOptions options) =>
        LocalActivity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(
        Expression<Func<Task<TResult>>> activityCall, LocalActivityOptions options) =>
        LocalActivity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteLocalActivityAsync(Expression<Func<Task>> activityCall, LocalActivityOptions options) =>
        LocalActivity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, LocalActivityOptions options) =>
        LocalActivity<TResult>(CallExpression.From(activityCall), options);

    public static Task ExecuteLocalActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, LocalActivityOptions options) =>
        LocalActivity<ValueTuple>(CallExpression.From(activityCall), options);

    public static Task ExecuteLocalActivityAsync(string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        Context.ExecuteLocalActivityAsync<ValueTuple>(activity, args, options);

    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        Context.ExecuteLocalActivityAsync<TResult>(activity, args, options);

    public static async Task<TResult> ExecuteChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var child = await StartChildWorkflowAsync(workflowRunCall, options);
        return await child.GetResultAsync();
    }

    public static async Task ExecuteChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var child = await StartChildWorkflowAsync(workflowRunCall, options);
        await child.GetResultAsync();
    }

    public static async Task ExecuteChildWorkflowAsync(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null)
    {
        var child = await StartChildWorkflowAsync(workflow, args, options);
        await child.GetResultAsync();
    }

    public static async Task<TResult> ExecuteChildWorkflowAsync<TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null)
    {
        var child = await StartChildWorkflowAsync(workflow, args, options);
        return await child.GetResultAsync<TResult>();
    }

    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">In the task: the id is in use.</exception>
    public static Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var call = CallExpression.From(workflowRunCall);
        return Context.StartChildWorkflowAsync<TWorkflow, TResult>(WorkflowDefinition.NameOf(call.Method), call.Arguments, options ?? new());
    }

    public static async Task<ChildWorkflowHandle<TWorkflow>> StartChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var call = CallExpression.From(workflowRunCall);
        return await Context.StartChildWorkflowAsync<TWorkflow, ValueTuple>(WorkflowDefinition.NameOf(call.Method), call.Arguments, options ?? new());
    }

    public static async Task<ChildWorkflowHandle> StartChildWorkflowAsync(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null) =>
        await Context.StartChildWorkflowAsync<ValueTuple, ValueTuple>(workflow, args, options ?? new());

    public static ExternalWorkflowHandle GetExternalWorkflowHandle(string id, string? runId = null) =>
        GetExternalWorkflowHandle<ValueTuple>(id, runId);

    public static ExternalWorkflowHandle<TWorkflow> GetExternalWorkflowHandle<TWorkflow>(string id, string? runId = null) =>
        Context.GetExternalWorkflowHandle<TWorkflow>(id, runId);

    public static Guid NewGuid() => Random.NewGuid();

    /// <summary>Task.Run for workflows: it starts the function on the workflow's own scheduler.</summary>
    public static Task RunTaskAsync(Func<Task> function, CancellationToken? cancellationToken = null) =>
        Task.Factory.StartNew(
            function, cancellationToken ?? CancellationToken, TaskCreationOptions.None, TaskScheduler.Current).Unwrap();

    public static Task<TResult> RunTaskAsync<TResult>(Func<Task<TResult>> function, CancellationToken? cancellationToken = null) =>
        Task.Factory.StartNew(
            function, cancellationToken ?? CancellationToken, TaskCreationOptions.None, TaskScheduler.Current).Unwrap();

    public static void UpsertMemo(params MemoUpdate[] updates) => Context.UpsertMemo(updates);

    public static void UpsertTypedSearchAttributes(params SearchAttributeUpdate[] updates) => Context.UpsertTypedSearchAttributes(updates);

    /// <param name="conditionCheck">Called after every step of the workflow: it must be quick and change nothing.</param>
    public static Task WaitConditionAsync(Func<bool> conditionCheck, CancellationToken? cancellationToken = null) =>
        WaitConditionWithOptionsAsync(new(conditionCheck, cancellationToken: cancellationToken));

    /// <returns>False if the time ran out first.</returns>
    public static Task<bool> WaitConditionAsync(
        Func<bool> conditionCheck, int timeoutMilliseconds, CancellationToken? cancellationToken = null) =>
        WaitConditionAsync(conditionCheck, TimeSpan.FromMilliseconds(timeoutMilliseconds), cancellationToken);

    /// <returns>False if the time ran out first.</returns>
    public static Task<bool> WaitConditionAsync(
        Func<bool> conditionCheck, TimeSpan timeout, CancellationToken? cancellationToken = null) =>
        WaitConditionWithOptionsAsync(new(conditionCheck, timeout, nameof(WaitConditionAsync), cancellationToken));

    /// <returns>False if the time ran out first.</returns>
    public static Task<bool> WaitConditionWithOptionsAsync(WaitConditionOptions options) => Context.WaitConditionWithOptionsAsync(options);

    public static Task<Task> WhenAnyAsync(params Task[] tasks) => Task.WhenAny(tasks);

    public static Task<Task> WhenAnyAsync(IEnumerable<Task> tasks) => Task.WhenAny(tasks);

    // Task.WhenAny<T> leaves the scheduler it is called on (dotnet/runtime#87481); the untyped one does not.
    public static async Task<Task<TResult>> WhenAnyAsync<TResult>(params Task<TResult>[] tasks) =>
        (Task<TResult>)await Task.WhenAny((Task[])tasks);

    public static async Task<Task<TResult>> WhenAnyAsync<TResult>(IEnumerable<Task<TResult>> tasks) =>
        (Task<TResult>)await Task.WhenAny((IEnumerable<Task>)tasks);

    public static Task WhenAllAsync(IEnumerable<Task> tasks) => Task.WhenAll(tasks);

    public static Task WhenAllAsync(params Task[] tasks) => Task.WhenAll(tasks);

    public static Task<TResult[]> WhenAllAsync<TResult>(IEnumerable<Task<TResult>> tasks) => Task.WhenAll(tasks);

    public static Task<TResult[]> WhenAllAsync<TResult>(params Task<TResult>[] tasks) => Task.WhenAll(tasks);

    private static Task<TResult> Activity<TResult>(CallExpression call, ActivityOptions options) =>
        Context.ExecuteActivityAsync<TResult>(ActivityDefinition.NameOf(call.Method), call.Arguments, options);

    private static Task<TResult> LocalActivity<TResult>(CallExpression call, LocalActivityOptions options) =>
        Context.ExecuteLocalActivityAsync<TResult>(ActivityDefinition.NameOf(call.Method), call.Arguments, options);

    private static ContinueAsNewException ContinueAsNew(CallExpression call, ContinueAsNewOptions? options) =>
        CreateContinueAsNewException(WorkflowDefinition.NameOf(call.Method), call.Arguments, options);

    /// <summary>For the rare code that must know about replay. A workflow that decides by it breaks.</summary>
    public static class Unsafe
    {
        public static bool IsReplaying => Context.IsReplaying;

        /// <summary>Unlike <see cref="IsReplaying"/>, false in queries and update validators.</summary>
        public static bool IsReplayingHistoryEvents => Context.IsReplayingHistoryEvents;

        public static void WithTracingEventListenerDisabled(Action action) =>
            Context.WithTracingEventListenerDisabled(() =>
            {
                action();
                return default(ValueTuple);
            });

        public static T WithTracingEventListenerDisabled<T>(Func<T> func) => Context.WithTracingEventListenerDisabled(func);
    }
}
