using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Temporalio.Api.History.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>One workflow of the server.</summary>
/// <param name="RunId">The run that signals, queries and updates go to; the latest when null, as after a start.</param>
/// <param name="ResultRunId">The run whose result is waited for.</param>
/// <param name="FirstExecutionRunId">Guards cancellation and termination against hitting a later workflow of the same id.</param>
public record WorkflowHandle(
    ITemporalClient Client,
    string Id,
    string? RunId = null,
    string? ResultRunId = null,
    string? FirstExecutionRunId = null)
{
    /// <exception cref="Exceptions.WorkflowFailedException">The workflow did not complete; the inner exception is why.</exception>
    public Task GetResultAsync(bool followRuns = true, RpcOptions? rpcOptions = null) =>
        GetResultAsync<ValueTuple>(followRuns, rpcOptions);

    /// <param name="followRuns">Go on to the run that came after by continuing as new, by retry or by cron.</param>
    /// <exception cref="Exceptions.WorkflowFailedException">The workflow did not complete; the inner exception is why.</exception>
    public virtual Task<TResult> GetResultAsync<TResult>(bool followRuns = true, RpcOptions? rpcOptions = null) =>
        WorkflowResult.WaitAsync<TResult>(this, followRuns, rpcOptions);

    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, WorkflowSignalOptions? options = null)
    {
        var (method, args) = CallExpression.From(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameOf(method), args, options);
    }

    /// <summary>Returns when the server has the signal, not when the workflow has seen it.</summary>
    public Task SignalAsync(string signal, IReadOnlyCollection<object?> args, WorkflowSignalOptions? options = null) =>
        Client.OutboundInterceptor.SignalWorkflowAsync(new(Id, RunId, signal, args, options, Headers: null));

    public Task<TQueryResult> QueryAsync<TWorkflow, TQueryResult>(
        Expression<Func<TWorkflow, TQueryResult>> queryCall, WorkflowQueryOptions? options = null)
    {
        var (member, args) = CallExpression.FromQuery(queryCall);
        var name = member is PropertyInfo property
            ? WorkflowQueryDefinition.NameOf(property)
            : WorkflowQueryDefinition.NameOf((MethodInfo)member);
        return QueryAsync<TQueryResult>(name, args, options);
    }

    /// <exception cref="Exceptions.WorkflowQueryFailedException">The workflow could not answer.</exception>
    /// <exception cref="Exceptions.WorkflowQueryRejectedException">The server would not ask, because of the workflow's status.</exception>
    public Task<TQueryResult> QueryAsync<TQueryResult>(
        string query, IReadOnlyCollection<object?> args, WorkflowQueryOptions? options = null) =>
        Client.OutboundInterceptor.QueryWorkflowAsync<TQueryResult>(new(Id, RunId, query, args, options, Headers: null));

    public Task<WorkflowUpdateHandle> StartUpdateAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = CallExpression.From(updateCall);
        return StartUpdateAsync(WorkflowUpdateDefinition.NameOf(method), args, options);
    }

    public Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = CallExpression.From(updateCall);
        return StartUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameOf(method), args, options);
    }

    public async Task<WorkflowUpdateHandle> StartUpdateAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        await StartUpdateAsync<ValueTuple>(update, args, options);

    /// <exception cref="Exceptions.WorkflowUpdateRpcTimeoutOrCanceledException">The wait ended, not necessarily the update.</exception>
    public Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        Client.OutboundInterceptor.StartWorkflowUpdateAsync<TUpdateResult>(
            new(Id, RunId, FirstExecutionRunId, update, args, options, Headers: null));

    public async Task ExecuteUpdateAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(updateCall, WorkflowUpdateStartOptions.ToCompletion(options));
        await handle.GetResultAsync(options?.Rpc);
    }

    public async Task<TUpdateResult> ExecuteUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(updateCall, WorkflowUpdateStartOptions.ToCompletion(options));
        return await handle.GetResultAsync(options?.Rpc);
    }

    public async Task ExecuteUpdateAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(update, args, WorkflowUpdateStartOptions.ToCompletion(options));
        await handle.GetResultAsync(options?.Rpc);
    }

    /// <exception cref="Exceptions.WorkflowUpdateFailedException">Rejected, or failed; the inner exception is why.</exception>
    public async Task<TUpdateResult> ExecuteUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync<TUpdateResult>(update, args, WorkflowUpdateStartOptions.ToCompletion(options));
        return await handle.GetResultAsync(options?.Rpc);
    }

    public WorkflowUpdateHandle GetUpdateHandle(string id) => new(Client, id, Id, RunId);

    public WorkflowUpdateHandle<TUpdateResult> GetUpdateHandle<TUpdateResult>(string id) => new(Client, id, Id, RunId);

    public Task<WorkflowExecutionDescription> DescribeAsync(WorkflowDescribeOptions? options = null) =>
        Client.OutboundInterceptor.DescribeWorkflowAsync(new(Id, RunId, options));

    /// <summary>Returns when the server has the request, not when the workflow has acted on it.</summary>
    public Task CancelAsync(WorkflowCancelOptions? options = null) =>
        Client.OutboundInterceptor.CancelWorkflowAsync(new(Id, RunId, FirstExecutionRunId, options));

    public Task TerminateAsync(string? reason = null, WorkflowTerminateOptions? options = null) =>
        Client.OutboundInterceptor.TerminateWorkflowAsync(new(Id, RunId, FirstExecutionRunId, reason, options));

    public async Task<WorkflowHistory> FetchHistoryAsync(WorkflowHistoryEventFetchOptions? options = null)
    {
        var events = new List<HistoryEvent>();
        await foreach (var recorded in FetchHistoryEventsAsync(options))
        {
            events.Add(recorded);
        }

        return new(Id, events);
    }

    public IAsyncEnumerable<HistoryEvent> FetchHistoryEventsAsync(WorkflowHistoryEventFetchOptions? options = null) =>
        FetchPagesAsync(options ?? new());

    private async IAsyncEnumerable<HistoryEvent> FetchPagesAsync(
        WorkflowHistoryEventFetchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (rpc, source) = RpcOptions.Linked(options.Rpc, cancellationToken);
        using var _ = source;
        byte[]? pageToken = null;
        do
        {
            var page = await Client.OutboundInterceptor.FetchWorkflowHistoryEventPageAsync(new(
                Id,
                RunId,
                PageSize: 0,
                pageToken,
                options.WaitNewEvent,
                options.EventFilterType,
                options.SkipArchival,
                rpc));
            foreach (var recorded in page.Events)
            {
                yield return recorded;
            }

            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);
    }
}
