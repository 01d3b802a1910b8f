using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Updates;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

internal enum HistoryExtent
{
    Full,

    /// <summary>What the worker that holds the run in its cache has not seen yet.</summary>
    SinceLastTask,
}

/// <summary>Builds what a worker gets for a workflow task that has been started for it, or for a query.</summary>
internal sealed class WorkflowTaskReplies(Executions executions, QueryBoard queries, UpdateBoard updates)
{
    public async Task<PollWorkflowTaskQueueResponse> BuildAsync(RunKey key, HistoryExtent extent, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(key.Chain, cancellation);
        var run = await Executions.FindAsync(lease, key, cancellation);
        return await BuildAsync(lease, run, extent, cancellation);
    }

    public async Task<PollWorkflowTaskQueueResponse> BuildAsync(
        ChainLease lease, LoadedRun run, HistoryExtent extent, CancellationToken cancellation)
    {
        var state = run.State;
        var task = state.WorkflowTask!;
        var response = Frame(state);
        response.TaskToken = new TaskToken(state.Key, task.ScheduledEventId, task.StartedEventId, task.Attempt).Encode();
        response.StartedEventId = task.StartedEventId;
        response.Attempt = task.Attempt;
        response.ScheduledTime = Timestamp.FromDateTimeOffset(task.ScheduledAt);
        response.StartedTime = Timestamp.FromDateTimeOffset(task.StartedAt!.Value);
        foreach (var query in queries.Attach(state.Key))
        {
            response.Queries[query.Id] = query.Query;
        }

        response.Messages.AddRange(updates.Send(state));
        var transient = WorkflowTasks.TransientEvents(state);
        await FillHistoryAsync(response, lease, run, extent, transient, cancellation);
        return response;
    }

    public static async Task<PollWorkflowTaskQueueResponse> BuildQueryAsync(
        ChainLease lease, LoadedRun run, DirectQuery query, HistoryExtent extent, CancellationToken cancellation)
    {
        var state = run.State;
        var response = Frame(state);
        response.TaskToken = new TaskToken(state.Key, 0, 0, 0) { QueryId = query.Id }.Encode();
        response.Query = query.Query;
        // Empty, but there: the official core drops a task that has none.
        response.History = new History();
        if (extent == HistoryExtent.Full)
        {
            await FillHistoryAsync(response, lease, run, extent, [], cancellation);
        }

        return response;
    }

    private static PollWorkflowTaskQueueResponse Frame(RunState state) => new()
    {
        WorkflowExecution = state.Execution(),
        WorkflowType = new() { Name = state.WorkflowType },
        PreviousStartedEventId = state.LastCompletedStartedEventId,
        WorkflowExecutionTaskQueue = new() { Name = state.TaskQueue, Kind = TaskQueueKind.Normal },
    };

    private static async Task FillHistoryAsync(
        PollWorkflowTaskQueueResponse response,
        ChainLease lease,
        LoadedRun run,
        HistoryExtent extent,
        IReadOnlyList<HistoryEvent> transient,
        CancellationToken cancellation)
    {
        var end = run.State.NextEventId - 1;
        var first = extent == HistoryExtent.Full ? 1 : run.State.LastCompletedStartedEventId + 1;
        var last = Math.Min(end, first + Limits.HistoryPageEvents - 1);
        response.History = new History();
        response.History.Events.AddRange(await lease.HistoryAsync(run, first, last, cancellation));
        if (last < end)
        {
            response.NextPageToken = new HistoryToken(run.State.RunId, last + 1, end).Encode();
            return;
        }

        response.History.Events.AddRange(transient);
    }
}
