using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Client;

/// <summary>What the client's tests call; nothing here implements it.</summary>
[Workflow]
public interface IShipWorkflow
{
    [WorkflowQuery]
    int Weight { get; }

    [WorkflowRun]
    Task<string> RunAsync(string cargo);

    [WorkflowSignal]
    Task LoadAsync(string what, int count);

    [WorkflowQuery]
    string Contents(string filter);

    [WorkflowUpdate]
    Task<int> WeighAsync(int factor);
}
