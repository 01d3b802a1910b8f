using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>A span for each call that reaches workflow code.</summary>
internal sealed class TracingClientOutbound(TracingInterceptor tracing, ClientOutboundInterceptor next) : ClientOutboundInterceptor(next)
{
    public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
        InSpanAsync(
            $"{(input.Options.StartSignal is null ? "StartWorkflow" : "SignalWithStartWorkflow")}:{input.Workflow}",
            tracing.CreateWorkflowTags(input.Options.Id ?? string.Empty),
            () => base.StartWorkflowAsync<TWorkflow, TResult>(input with { Headers = Headers(input.Headers) }));

    public override Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input)
    {
        if (input.Options.StartWorkflowOperation is not { } operation)
        {
            // The last link says what is missing.
            return base.StartUpdateWithStartWorkflowAsync<TUpdateResult>(input);
        }

        return InSpanAsync(
            $"UpdateWithStartWorkflow:{operation.Workflow}",
            tracing.CreateUpdateTags(operation.Options.Id ?? string.Empty, input.Options.Id),
            () =>
            {
                var options = (WorkflowStartUpdateWithStartOptions)input.Options.Clone();
                options.StartWorkflowOperation!.Headers = Headers(operation.Headers);
                return base.StartUpdateWithStartWorkflowAsync<TUpdateResult>(
                    input with { Options = options, Headers = Headers(input.Headers) });
            });
    }

    public override Task SignalWorkflowAsync(SignalWorkflowInput input) => InSpanAsync<ValueTuple>(
        $"SignalWorkflow:{input.Signal}",
        tracing.CreateWorkflowTags(input.Id),
        async () =>
        {
            await base.SignalWorkflowAsync(input with { Headers = Headers(input.Headers) });
            return default;
        });

    public override Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input) => InSpanAsync(
        $"QueryWorkflow:{input.Query}",
        tracing.CreateWorkflowTags(input.Id),
        () => base.QueryWorkflowAsync<TResult>(input with { Headers = Headers(input.Headers) }));

    public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input) => InSpanAsync(
        $"UpdateWorkflow:{input.Update}",
        tracing.CreateUpdateTags(input.Id, input.Options.Id),
        () => base.StartWorkflowUpdateAsync<TResult>(input with { Headers = Headers(input.Headers) }));

    private static async Task<T> InSpanAsync<T>(string name, IEnumerable<KeyValuePair<string, object?>> tags, Func<Task<T>> call)
    {
        using var span = TracingInterceptor.ClientSource.StartActivity(name, ActivityKind.Client, parentContext: default, tags);
        try
        {
            return await call();
        }
        catch (Exception failure)
        {
            TracingInterceptor.Record(span, failure);
            throw;
        }
    }

    private IDictionary<string, Payload>? Headers(IDictionary<string, Payload>? headers) =>
        TraceHeader.Current is { } current ? current.AddTo(headers, tracing.Options.HeaderKey) : headers;
}
