using Coresdk.WorkflowActivation;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Updates of this run: validated without a trace, accepted into history, answered when their handler ends.</summary>
internal sealed class RunUpdates(WorkflowRun run, WorkflowDefinition definition)
{
    private readonly HandlerTable<WorkflowUpdateDefinition> _handlers = new(definition.Updates, _ => { });

    /// <summary>Flows into everything that an update's handler starts.</summary>
    public static AsyncLocal<WorkflowUpdateInfo?> Current { get; } = new();

    public IDictionary<string, WorkflowUpdateDefinition> Handlers => _handlers;

    public WorkflowUpdateDefinition? Dynamic { get; set; } = definition.DynamicUpdate;

    public void Apply(DoUpdate job) => run.StartTask(() => RunAsync(job));

    private async Task RunAsync(DoUpdate job)
    {
        var handler = _handlers.TryGetValue(job.Name, out var named) ? named : HandlerNames.IsReserved(job.Name) ? null : Dynamic;
        if (handler == null)
        {
            var known = _handlers.Count == 0 ? "none" : string.Join(", ", _handlers.Keys);
            Reject(job, new ApplicationFailureException($"There is no handler for the update {job.Name}. Known updates: {known}.", "UpdateHandlerNotFound", nonRetryable: true));
            return;
        }

        Current.Value = new(job.Id, job.Name);
        using var running = run.HandlersInProgress.Enter("update", job.Name, job.Id, handler.UnfinishedPolicy);
        if (!Validate(job, handler) || ReadArguments(job, handler) is not { } input)
        {
            return;
        }

        run.State.Commands.Add(new() { UpdateResponse = new() { ProtocolInstanceId = job.ProtocolInstanceId, Accepted = new Empty() } });
        try
        {
            var result = await run.Inbound.HandleUpdateAsync(input);
            run.State.Commands.Add(new()
            {
                UpdateResponse = new() { ProtocolInstanceId = job.ProtocolInstanceId, Completed = run.State.PayloadConverter.ToPayload(AsResult(result)) },
            });
        }
        catch (Exception e) when (run.State.IsFailure(e))
        {
            Reject(job, e);
        }
    }

    private static object? AsResult(object? result) => result is ValueTuple ? null : result;

    /// <summary>On replay history says that the update was accepted, so the validator is not asked again.</summary>
    private bool Validate(DoUpdate job, WorkflowUpdateDefinition handler)
    {
        if (!job.RunValidator || handler.Validator == null)
        {
            return true;
        }

        // Arguments of its own: a validator that changes them must not change what the handler gets.
        if (ReadArguments(job, handler) is not { } input)
        {
            return false;
        }

        try
        {
            run.ReadOnly("update validator", () =>
            {
                run.Inbound.ValidateUpdate(input);
                return true;
            });
            return true;
        }
#pragma warning disable CA1031 // Whatever a validator throws is its reason to reject.
        catch (Exception e) when (e is not InvalidWorkflowOperationException)
#pragma warning restore CA1031
        {
            Reject(job, e);
            return false;
        }
    }

    private HandleUpdateInput? ReadArguments(DoUpdate job, WorkflowUpdateDefinition handler)
    {
        try
        {
            object?[] arguments = handler.Dynamic
                ? [job.Name, HandlerArguments.Raw(job.Input)]
                : HandlerArguments.Read(job.Input, handler.Method.Parameters, run.State.PayloadConverter);
            return new(job.Id, job.Name, handler, arguments, job.Headers);
        }
        catch (ArgumentException e)
        {
            Reject(job, new ApplicationFailureException(
                $"Update {job.Name}: its arguments cannot be read. {e.Message}", "InvalidUpdateArguments", nonRetryable: true));
            return null;
        }
    }

    private void Reject(DoUpdate job, Exception reason) =>
        run.State.Commands.Add(new()
        {
            UpdateResponse = new() { ProtocolInstanceId = job.ProtocolInstanceId, Rejected = run.State.ToFailure(reason) },
        });
}
