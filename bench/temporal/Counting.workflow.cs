using Temporalio.Workflows;

namespace Orchestrator.Bench.Temporal;

/// <summary>Takes signals until it is terminated.</summary>
[Workflow("counting")]
public sealed class Counting
{
    private int _seen;

    [WorkflowRun]
    public Task RunAsync() => Workflow.WaitConditionAsync(() => _seen < 0);

    [WorkflowSignal("count")]
    public Task CountAsync()
    {
        _seen++;
        return Task.CompletedTask;
    }
}
