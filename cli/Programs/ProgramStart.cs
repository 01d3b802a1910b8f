using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Programs;

internal enum StartMove
{
    Start,
    StartAgain,
    Attach,
    AlreadyDone,
}

/// <summary>What giving the command means, given what became of the program before.</summary>
internal static class ProgramStart
{
    public static StartMove Decide(WorkflowExecutionStatus? status, Outcome? outcome, bool again) => (status, outcome) switch
    {
        (null, _) => StartMove.Start,
        (WorkflowExecutionStatus.Running, _) => StartMove.Attach,
        (WorkflowExecutionStatus.Completed, Outcome.Done) when !again => StartMove.AlreadyDone,
        _ => StartMove.StartAgain,
    };

    public static async Task<StartMove> BeginAsync(
        ITemporalClient client, string id, ProgramInput input, bool again, CancellationToken cancel)
    {
        var handle = client.GetWorkflowHandle<ProgramWorkflow, ProgramOutcome>(id);
        var status = await FindStatusAsync(handle, cancel);
        Outcome? outcome = status == WorkflowExecutionStatus.Completed
            ? (await handle.GetResultAsync(rpcOptions: new() { CancellationToken = cancel })).Outcome
            : null;
        var move = Decide(status, outcome, again);
        if (move is StartMove.Start or StartMove.StartAgain)
        {
            await client.StartWorkflowAsync(
                (ProgramWorkflow program) => program.RunAsync(input),
                new WorkflowOptions(id, WorkflowIds.TaskQueue)
                {
                    // Whoever gave the same command a moment earlier has started it: then this joins.
                    IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting,
                    IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicate,
                    StaticSummary = id,
                    Rpc = new() { CancellationToken = cancel },
                });
        }

        return move;
    }

    private static async Task<WorkflowExecutionStatus?> FindStatusAsync(WorkflowHandle handle, CancellationToken cancel)
    {
        try
        {
            return (await handle.DescribeAsync(new() { Rpc = new() { CancellationToken = cancel } })).Status;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return null;
        }
    }
}
