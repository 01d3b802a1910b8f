using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Reads of a history: pages, forwards and backwards, and the wait for what comes next.</summary>
internal sealed class HistoryRpc(NamespaceRegistry namespaces, Executions executions, RunSignals signals)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", ReadAsync);
        workflow.Add<GetWorkflowExecutionHistoryReverseRequest, GetWorkflowExecutionHistoryReverseResponse>(
            "GetWorkflowExecutionHistoryReverse", ReadReverseAsync);
    }

    private async Task<GetWorkflowExecutionHistoryResponse> ReadAsync(GetWorkflowExecutionHistoryRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var key = Executions.Key(target.Id, request.Execution);
        var position = request.NextPageToken.IsEmpty
            ? await FirstAsync(key, call.CancellationToken)
            : HistoryToken.Decode(request.NextPageToken);
        key = key with { RunId = position.RunId };
        return request.HistoryEventFilterType == HistoryEventFilterType.CloseEvent
            ? await CloseEventAsync(request, key, position, call)
            : await PageAsync(request, key, position, call);
    }

    private async Task<HistoryToken> FirstAsync(RunKey key, CancellationToken cancellation) => await executions.ReadAsync(
        key, state => new HistoryToken(state.RunId, 1, state.NextEventId - 1), cancellation);

    private async Task<GetWorkflowExecutionHistoryResponse> PageAsync(
        GetWorkflowExecutionHistoryRequest request, RunKey key, HistoryToken position, GrpcCall call)
    {
        var end = position.EndEventId;
        if (request.WaitNewEvent && position.NextEventId > end)
        {
            end = await WaitAsync(key, state => state.NextEventId > position.NextEventId, call);
        }

        var size = request.MaximumPageSize is > 0 and <= Limits.HistoryPageEvents ? request.MaximumPageSize : Limits.HistoryPageEvents;
        var last = Math.Min(end, position.NextEventId + size - 1);
        var response = new GetWorkflowExecutionHistoryResponse { History = new History() };
        if (last >= position.NextEventId)
        {
            response.History.Events.AddRange(await executions.HistoryAsync(key, position.NextEventId, last, call.CancellationToken));
        }

        var next = position with { NextEventId = last + 1, EndEventId = end };
        var isOpen = await executions.ReadAsync(key, state => state.IsOpen || state.NextEventId - 1 > last, call.CancellationToken);
        if (last < end || (request.WaitNewEvent && isOpen))
        {
            response.NextPageToken = next.Encode();
        }
        else if (!IsForPeople(call))
        {
            // A worker that reads a history anew needs the task that it works on, written or not.
            response.History.Events.AddRange(
                await executions.ReadAsync(key, WorkflowTasks.TransientEvents, call.CancellationToken));
        }

        return response;
    }

    /// <summary>The event that closes the run; with a wait, once it is there.</summary>
    private async Task<GetWorkflowExecutionHistoryResponse> CloseEventAsync(
        GetWorkflowExecutionHistoryRequest request, RunKey key, HistoryToken position, GrpcCall call)
    {
        if (request.WaitNewEvent)
        {
            await WaitAsync(key, state => !state.IsOpen, call);
        }

        var (isOpen, last) = await executions.ReadAsync(key, state => (state.IsOpen, state.NextEventId - 1), call.CancellationToken);
        var response = new GetWorkflowExecutionHistoryResponse { History = new History() };
        if (isOpen)
        {
            response.NextPageToken = request.WaitNewEvent ? position.Encode() : Google.Protobuf.ByteString.Empty;
            return response;
        }

        response.History.Events.AddRange(await executions.HistoryAsync(key, last, last, call.CancellationToken));
        return response;
    }

    /// <summary>The CLI and the UI show what is written and nothing else.</summary>
    private static bool IsForPeople(GrpcCall call) => call.Metadata.Get("client-name") is "temporal-cli" or "temporal-ui";

    /// <summary>The last event id once the condition holds or the wait is over.</summary>
    private async Task<long> WaitAsync(RunKey key, Func<RunState, bool> isReached, GrpcCall call)
    {
        var deadline = LongPoll.Deadline(call, Limits.HistoryPoll);
        while (true)
        {
            var change = signals.NextChange(key.RunId);
            var (isOver, last) = await executions.ReadAsync(
                key, state => (isReached(state) || !state.IsOpen, state.NextEventId - 1), call.CancellationToken);
            var left = deadline.Left;
            if (isOver || left == TimeSpan.Zero)
            {
                return last;
            }

            await change.WaitAsync(left, call.Time, call.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<GetWorkflowExecutionHistoryReverseResponse> ReadReverseAsync(
        GetWorkflowExecutionHistoryReverseRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var key = Executions.Key(target.Id, request.Execution);
        var position = request.NextPageToken.IsEmpty
            ? await FirstAsync(key, call.CancellationToken)
            : HistoryToken.Decode(request.NextPageToken);
        key = key with { RunId = position.RunId };
        var size = request.MaximumPageSize is > 0 and <= Limits.HistoryPageEvents ? request.MaximumPageSize : Limits.HistoryPageEvents;
        var first = Math.Max(1, position.EndEventId - size + 1);
        var events = await executions.HistoryAsync(key, first, position.EndEventId, call.CancellationToken);
        var response = new GetWorkflowExecutionHistoryReverseResponse { History = new History() };
        response.History.Events.AddRange(events.Reverse());
        if (first > 1)
        {
            response.NextPageToken = (position with { EndEventId = first - 1 }).Encode();
        }

        return response;
    }
}
