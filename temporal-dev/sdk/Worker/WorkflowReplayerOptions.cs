using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Bridge;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>The workflows to replay with, and what their worker had around them.</summary>
public class WorkflowReplayerOptions : ICloneable
{
    private List<WorkflowDefinition> _workflows = [];

    public IList<WorkflowDefinition> Workflows => _workflows;

    public string Namespace { get; set; } = "ReplayNamespace";

    public string TaskQueue { get; set; } = "ReplayTaskQueue";

    public DataConverter DataConverter { get; set; } = DataConverter.Default;

    public IReadOnlyCollection<IWorkerInterceptor>? Interceptors { get; set; }

    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    public bool DebugMode { get; set; } = new TemporalWorkerOptions().DebugMode;

    /// <summary>Turns off the detection of tasks that a workflow starts on another scheduler than its own.</summary>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Null: the one that all replays of this process share.</summary>
    internal CoreProcess? Core { get; set; }

    public WorkflowReplayerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    public WorkflowReplayerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    public WorkflowReplayerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    public virtual object Clone()
    {
        var copy = (WorkflowReplayerOptions)MemberwiseClone();
        copy._workflows = [.. _workflows];
        return copy;
    }
}
