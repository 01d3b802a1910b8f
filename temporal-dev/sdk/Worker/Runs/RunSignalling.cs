using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Signals to children and other workflows, and requests that other workflows be cancelled.</summary>
internal sealed class RunSignalling(RunState state)
{
    private readonly Dictionary<uint, TaskCompletionSource> _signals = [];
    private readonly Dictionary<uint, TaskCompletionSource> _cancels = [];
    private uint _lastSignal;
    private uint _lastCancel;

    public ExternalWorkflowHandle<TWorkflow> HandleOf<TWorkflow>(string id, string? runId) => new Handle<TWorkflow>(state, id, runId);

    public Task SignalAsync(SignalChildWorkflowInput input) =>
        SignalAsync(
            new() { ChildWorkflowId = input.Id },
            input.Id,
            input.Signal,
            input.Args,
            input.Headers,
            input.Options?.CancellationToken);

    public Task SignalAsync(SignalExternalWorkflowInput input) =>
        SignalAsync(
            new() { WorkflowExecution = new() { Namespace = state.Info.Namespace, WorkflowId = input.Id, RunId = input.RunId ?? string.Empty } },
            input.Id,
            input.Signal,
            input.Args,
            input.Headers,
            input.Options?.CancellationToken);

    public async Task CancelAsync(CancelExternalWorkflowInput input)
    {
        state.Commands.ThrowIfReadOnly();
        using var stack = state.Waits.Enter();
        var sequence = ++_lastCancel;
        var source = new TaskCompletionSource();
        _cancels.Add(sequence, source);
        state.Commands.Add(new()
        {
            RequestCancelExternalWorkflowExecution = new()
            {
                Seq = sequence,
                WorkflowExecution = new() { Namespace = state.Info.Namespace, WorkflowId = input.Id, RunId = input.RunId ?? string.Empty },
            },
        });
        // The request has no way back: whatever becomes of the caller's token, the server's answer decides.
        await source.Task;
    }

    public void Resolve(ResolveSignalExternalWorkflow job) => Resolve(_signals, job.Seq, job.Failure);

    public void Resolve(ResolveRequestCancelExternalWorkflow job) => Resolve(_cancels, job.Seq, job.Failure);

    private async Task SignalAsync(
        SignalExternalWorkflowExecution command,
        string workflowId,
        string signal,
        IReadOnlyCollection<object?> args,
        IDictionary<string, Api.Common.V1.Payload>? headers,
        CancellationToken? token)
    {
        state.Commands.ThrowIfReadOnly();
        var cancel = token ?? state.CancellationToken;
        if (cancel.IsCancellationRequested)
        {
            throw new CanceledFailureException("The signal was cancelled before it was scheduled.");
        }

        using var stack = state.Waits.Enter();
        var converter = state.ConverterFor(new ISerializationContext.Workflow(state.Info.Namespace, workflowId));
        command.Seq = ++_lastSignal;
        command.SignalName = signal;
        command.Args.Add(converter.ToPayloads(args));
        if (headers != null)
        {
            command.Headers.Add(headers);
        }

        var source = new TaskCompletionSource();
        _signals.Add(command.Seq, source);
        state.Commands.Add(new() { SignalExternalWorkflowExecution = command });
        using var registration = cancel.Register(() =>
        {
            if (_signals.ContainsKey(command.Seq))
            {
                state.Commands.Add(new() { CancelSignalWorkflow = new() { Seq = command.Seq } });
            }
        });
        await source.Task;
    }

    private void Resolve(Dictionary<uint, TaskCompletionSource> waiting, uint sequence, Api.Failure.V1.Failure? failure)
    {
        if (!waiting.Remove(sequence, out var source))
        {
            return;
        }

        if (failure == null)
        {
            source.TrySetResult();
        }
        else
        {
            source.TrySetException(state.ToException(failure));
        }
    }

    private sealed class Handle<TWorkflow>(RunState state, string id, string? runId) : ExternalWorkflowHandle<TWorkflow>
    {
        public override string Id => id;

        public override string? RunId => runId;

        public override Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ExternalWorkflowSignalOptions? options = null) =>
            state.Outbound.SignalExternalWorkflowAsync(new(id, runId, signal, args, options, null));

        public override Task CancelAsync() => state.Outbound.CancelExternalWorkflowAsync(new(id, runId));
    }
}
