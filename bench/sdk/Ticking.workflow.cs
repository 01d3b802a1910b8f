using Temporalio.Workflows;

namespace Orchestrator.Bench.Sdk;

/// <summary>One activation a timer, and next to nothing to do in it.</summary>
[Workflow("ticking")]
public sealed class Ticking
{
    [WorkflowRun]
    public async Task RunAsync(int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            await Workflow.DelayAsync(1000);
        }
    }
}
