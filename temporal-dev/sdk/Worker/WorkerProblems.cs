using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>What is wrong with a worker's options, as sentences.</summary>
internal static class WorkerProblems
{
    public static void ThrowIfAny(TemporalWorkerOptions options) => DefinitionProblems.ThrowIfAny(Of(options));

    private static IEnumerable<string> Of(TemporalWorkerOptions options)
    {
        if (string.IsNullOrEmpty(options.TaskQueue))
        {
            yield return "TaskQueue is required.";
        }

        if (options.Workflows.Count == 0 && options.Activities.Count == 0)
        {
            yield return "The worker has neither workflows nor activities.";
        }

        foreach (var problem in OfNames("Workflow", options.Workflows.Select(workflow => workflow.Name))
            .Concat(OfNames("Activity", options.Activities.Select(activity => activity.Name))))
        {
            yield return problem;
        }

        foreach (var workflow in options.Workflows.Where(workflow => !workflow.Instantiable))
        {
            yield return $"Workflow {workflow.Name}: {workflow.Type.Name} is an interface or abstract, and cannot be run.";
        }

        foreach (var (name, value) in new[]
        {
            (nameof(options.MaxConcurrentActivities), options.MaxConcurrentActivities ?? 1),
            (nameof(options.MaxConcurrentWorkflowTasks), options.MaxConcurrentWorkflowTasks ?? 1),
            (nameof(options.MaxConcurrentLocalActivities), options.MaxConcurrentLocalActivities ?? 1),
            (nameof(options.MaxConcurrentWorkflowTaskPolls), options.MaxConcurrentWorkflowTaskPolls),
            (nameof(options.MaxConcurrentActivityTaskPolls), options.MaxConcurrentActivityTaskPolls),
        })
        {
            if (value < 1)
            {
                yield return $"{name} must be at least 1.";
            }
        }

        if (options.MaxCachedWorkflows < 0)
        {
            yield return $"{nameof(options.MaxCachedWorkflows)} cannot be negative.";
        }
    }

    private static IEnumerable<string> OfNames(string kind, IEnumerable<string?> names) =>
        from name in names
        group name by name into same
        where same.Count() > 1
        select same.Key == null ? $"More than one dynamic {kind.ToLowerInvariant()} is registered." : $"{kind} {same.Key} is registered more than once.";
}
