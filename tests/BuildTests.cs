namespace Orchestrator.Tests;

public sealed class BuildTests
{
    [Fact]
    public void The_protocol_carries_the_workflow_service() =>
        Assert.Contains(
            Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor.Services[0].Methods,
            method => method.Name == "StartWorkflowExecution");
}
