using Coresdk.WorkflowActivation;
using Microsoft.Extensions.Logging;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Signals to this run. Those that nobody understands yet are kept until a handler for them is set.</summary>
internal sealed class RunSignals
{
    private readonly WorkflowRun _run;
    private readonly HandlerTable<WorkflowSignalDefinition> _handlers;
    private readonly List<SignalWorkflow> _unhandled = [];
    private WorkflowSignalDefinition? _dynamic;

    public RunSignals(WorkflowRun run, WorkflowDefinition definition)
    {
        _run = run;
        _handlers = new(definition.Signals, HandlerSet);
        _dynamic = definition.DynamicSignal;
    }

    public IDictionary<string, WorkflowSignalDefinition> Handlers => _handlers;

    public WorkflowSignalDefinition? Dynamic
    {
        get => _dynamic;
        set
        {
            _dynamic = value;
            if (value != null)
            {
                Deliver(_unhandled.Where(signal => !HandlerNames.IsReserved(signal.SignalName)));
            }
        }
    }

    public void Apply(SignalWorkflow job)
    {
        var handler = _handlers.TryGetValue(job.SignalName, out var named) ? named : HandlerNames.IsReserved(job.SignalName) ? null : _dynamic;
        if (handler == null)
        {
            _unhandled.Add(job);
            return;
        }

        object?[] arguments;
        try
        {
            arguments = handler.Dynamic
                ? [job.SignalName, HandlerArguments.Raw(job.Input)]
                : HandlerArguments.Read(job.Input, handler.Method.Parameters, _run.State.PayloadConverter);
        }
        catch (ArgumentException e)
        {
            // A sender's mistake must not stop the workflow, and there is nobody to answer.
            _run.State.Logger.LogError(e, "Signal {Signal} was dropped: its arguments cannot be read", job.SignalName);
            return;
        }

        _run.StartTopLevel(() => RunAsync(job, handler, arguments));
    }

    private async Task RunAsync(SignalWorkflow job, WorkflowSignalDefinition handler, object?[] arguments)
    {
        using var running = _run.HandlersInProgress.Enter("signal", job.SignalName, null, handler.UnfinishedPolicy);
        await _run.Inbound.HandleSignalAsync(new(job.SignalName, handler, arguments, job.Headers));
    }

    private void HandlerSet(string name) => Deliver(_unhandled.Where(signal => signal.SignalName == name));

    private void Deliver(IEnumerable<SignalWorkflow> signals)
    {
        foreach (var signal in signals.ToList())
        {
            _unhandled.Remove(signal);
            Apply(signal);
        }
    }
}
