using Temporalio.Workflows;

namespace Orchestrator.Bench.Temporal;

/// <summary>One activity, and its result.</summary>
[Workflow("once")]
public sealed class Once
{
    [WorkflowRun]
    public Task<int> RunAsync(int number) =>
        Workflow.ExecuteActivityAsync(() => Increasing.Increase(number), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
}
