using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Engine;

internal enum StartOutcome
{
    Start,
    SameRequest,
    UseExisting,
    TerminateThenStart,
    RefuseRunning,
    RefuseClosed,
}

/// <summary>May a workflow id be used (again), given the run that has it now.</summary>
internal static class StartPolicy
{
    public static StartOutcome Decide(
        RunState? current, string requestId, WorkflowIdReusePolicy reuse, WorkflowIdConflictPolicy conflict)
    {
        if (current is null)
        {
            return StartOutcome.Start;
        }

        if (current.CreateRequestId == requestId || current.AttachedRequests.ContainsKey(requestId))
        {
            return StartOutcome.SameRequest;
        }

        return current.IsOpen ? WhileRunning(reuse, conflict) : AfterClose(current.Status, reuse);
    }

    private static StartOutcome WhileRunning(WorkflowIdReusePolicy reuse, WorkflowIdConflictPolicy conflict) => conflict switch
    {
        WorkflowIdConflictPolicy.UseExisting => StartOutcome.UseExisting,
        WorkflowIdConflictPolicy.TerminateExisting => StartOutcome.TerminateThenStart,
#pragma warning disable CS0612 // The deprecated reuse policy is what older clients still send.
        _ when reuse == WorkflowIdReusePolicy.TerminateIfRunning => StartOutcome.TerminateThenStart,
#pragma warning restore CS0612
        _ => StartOutcome.RefuseRunning,
    };

    private static StartOutcome AfterClose(WorkflowExecutionStatus status, WorkflowIdReusePolicy reuse) => reuse switch
    {
        WorkflowIdReusePolicy.RejectDuplicate => StartOutcome.RefuseClosed,
        WorkflowIdReusePolicy.AllowDuplicateFailedOnly when status is WorkflowExecutionStatus.Completed => StartOutcome.RefuseClosed,
        _ => StartOutcome.Start,
    };
}
