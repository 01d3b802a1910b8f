using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.OpenTelemetry;

[Workflow]
public sealed class TracedWorkflow
{
    private bool _gone;

    [WorkflowRun]
    public async Task<string?> RunAsync()
    {
        await Workflow.WaitConditionAsync(() => _gone);
        return await Workflow.ExecuteActivityAsync<string?>("traced", [], new() { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
    }

    [WorkflowSignal]
    public Task GoAsync()
    {
        _gone = true;
        return Task.CompletedTask;
    }
}
