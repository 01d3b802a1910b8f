using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Hosting;

[Workflow]
public sealed class TwoPagesWorkflow
{
    [WorkflowRun]
    public async Task<Guid[]> RunAsync()
    {
        var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) };
        var first = await Workflow.ExecuteActivityAsync((HostedWorkerTests.PageActivities activities) => activities.TurnAsync(), options);
        var second = await Workflow.ExecuteActivityAsync((HostedWorkerTests.PageActivities activities) => activities.TurnAsync(), options);
        return [first, second];
    }
}
