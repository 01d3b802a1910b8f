using Orchestrator.Workflows.Contracts;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>What a batch holds its running transfer by.</summary>
internal sealed class TransferReins
{
    private ChildWorkflowHandle<TransferWorkflow, StepEffect>? _running;

    public async Task<StepEffect> RunAsync(StepOutline step, StepReference reference, CancellationToken interrupt)
    {
        _running = await Workflow.StartChildWorkflowAsync(
            (TransferWorkflow transfer) => transfer.RunAsync(new TransferInput(reference, null)),
            new ChildWorkflowOptions
            {
                Id = WorkflowIds.Step(Workflow.Info.WorkflowId, step.Id),
                StaticSummary = step.Title,
                // Pause and abort cancel it: its lanes end with the chunk they are at, and the next start goes on from there.
                CancellationToken = interrupt,
            });
        try
        {
            return await _running.GetResultAsync();
        }
        finally
        {
            _running = null;
        }
    }

    public async Task TuneAsync(Tuning tuning)
    {
        if (_running is { } transfer)
        {
            await transfer.SignalAsync(t => t.TuneAsync(tuning));
        }
    }
}
