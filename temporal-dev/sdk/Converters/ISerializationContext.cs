namespace Temporalio.Converters;

/// <summary>What is known about where a value is used while it is converted.</summary>
public interface ISerializationContext
{
    interface IHasWorkflow : ISerializationContext
    {
        string Namespace { get; }

        string? WorkflowId { get; }
    }

    /// <summary>Arguments, results, heartbeats and failures of an activity.</summary>
    sealed record Activity(
        string Namespace,
        string? ActivityId,
        string? WorkflowId,
        string? WorkflowType,
        string? ActivityType,
        string? ActivityTaskQueue,
        bool IsLocal) : IHasWorkflow;

    /// <summary>All else that belongs to a workflow.</summary>
    sealed record Workflow(string Namespace, string WorkflowId) : IHasWorkflow;
}
