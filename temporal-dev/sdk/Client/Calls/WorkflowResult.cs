using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Closed = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporalio.Client;

/// <summary>Waits for the event that closes a workflow, from run to run if wanted, and says what it means.</summary>
internal static class WorkflowResult
{
    public static async Task<TResult> WaitAsync<TResult>(WorkflowHandle handle, bool followRuns, RpcOptions? rpcOptions)
    {
        var runId = handle.ResultRunId;
        while (true)
        {
            var closed = await ClosingEventAsync(handle, runId, rpcOptions);
            var next = NextRun(closed);
            if (next is null || !followRuns)
            {
                return await ResultAsync<TResult>(handle, closed);
            }

            runId = next;
        }
    }

    private static async Task<HistoryEvent> ClosingEventAsync(WorkflowHandle handle, string? runId, RpcOptions? rpcOptions)
    {
        var page = await handle.Client.OutboundInterceptor.FetchWorkflowHistoryEventPageAsync(new(
            handle.Id,
            runId,
            PageSize: 0,
            NextPageToken: null,
            WaitNewEvent: true,
            HistoryEventFilterType.CloseEvent,
            SkipArchival: true,
            RpcOptions.Retrying(rpcOptions)));
        return page.Events.LastOrDefault()
            ?? throw new InvalidOperationException($"The server sent no closing event of workflow {handle.Id}.");
    }

    /// <returns>Null when the workflow ended with this run.</returns>
    private static string? NextRun(HistoryEvent closed)
    {
        var next = closed.AttributesCase switch
        {
            Closed.WorkflowExecutionCompletedEventAttributes => closed.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId,
            Closed.WorkflowExecutionFailedEventAttributes => closed.WorkflowExecutionFailedEventAttributes.NewExecutionRunId,
            Closed.WorkflowExecutionTimedOutEventAttributes => closed.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId,
            Closed.WorkflowExecutionContinuedAsNewEventAttributes => closed.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId,
            _ => null,
        };
        return string.IsNullOrEmpty(next) ? null : next;
    }

    private static async Task<TResult> ResultAsync<TResult>(WorkflowHandle handle, HistoryEvent closed)
    {
        var converter = handle.Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(handle.Client.Options.Namespace, handle.Id));
        switch (closed.AttributesCase)
        {
            case Closed.WorkflowExecutionCompletedEventAttributes when typeof(TResult) == typeof(ValueTuple):
                return default!;
            case Closed.WorkflowExecutionCompletedEventAttributes:
                return await converter.ToSingleValueAsync<TResult>(
                    closed.WorkflowExecutionCompletedEventAttributes.Result?.Payloads_ ?? []);
            case Closed.WorkflowExecutionContinuedAsNewEventAttributes:
                throw new WorkflowContinuedAsNewException(closed.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId);
            default:
                throw new WorkflowFailedException(await FailureAsync(closed, converter));
        }
    }

    private static async Task<Exception> FailureAsync(HistoryEvent closed, DataConverter converter) => closed.AttributesCase switch
    {
        Closed.WorkflowExecutionFailedEventAttributes =>
            await converter.ToExceptionAsync(closed.WorkflowExecutionFailedEventAttributes.Failure),
        Closed.WorkflowExecutionCanceledEventAttributes => new CanceledFailureException(
            new()
            {
                Message = "Workflow canceled",
                CanceledFailureInfo = new() { Details = await DecodedAsync(closed.WorkflowExecutionCanceledEventAttributes.Details, converter) },
            },
            inner: null,
            converter.PayloadConverter),
        Closed.WorkflowExecutionTerminatedEventAttributes =>
            await TerminationAsync(closed.WorkflowExecutionTerminatedEventAttributes, converter),
        Closed.WorkflowExecutionTimedOutEventAttributes => new TimeoutFailureException(
            new() { Message = "Workflow timed out", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } },
            inner: null,
            converter.PayloadConverter),
        _ => throw new InvalidOperationException($"Event {closed.EventId} ({closed.EventType}) does not close a workflow."),
    };

    private static async Task<Exception> TerminationAsync(
        WorkflowExecutionTerminatedEventAttributes terminated, DataConverter converter)
    {
        var details = await DecodedAsync(terminated.Details, converter);
        return new TerminatedFailureException(
            new()
            {
                Message = terminated.Reason is { Length: > 0 } reason ? reason : "Workflow terminated",
                TerminatedFailureInfo = new() { Identity = terminated.Identity },
            },
            inner: null,
            details is null ? null : new(converter.PayloadConverter, details.Payloads_));
    }

    private static async Task<Payloads?> DecodedAsync(Payloads? payloads, DataConverter converter) =>
        payloads is { Payloads_.Count: > 0 } && converter.PayloadCodec is { } codec
            ? new() { Payloads_ = { await codec.DecodeAsync(payloads.Payloads_) } }
            : payloads;
}
