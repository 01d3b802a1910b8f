using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>References to the event that a request has written.</summary>
internal static class Links
{
    public static Link Started(string namespaceName, string workflowId, string runId)
    {
        var link = Of(namespaceName, workflowId, runId);
        link.WorkflowEvent.EventRef = new() { EventId = 1, EventType = EventType.WorkflowExecutionStarted };
        return link;
    }

    public static Link Signaled(string namespaceName, string workflowId, string runId, string requestId)
    {
        var link = Of(namespaceName, workflowId, runId);
        link.WorkflowEvent.RequestIdRef = new() { RequestId = requestId, EventType = EventType.WorkflowExecutionSignaled };
        return link;
    }

    private static Link Of(string namespaceName, string workflowId, string runId) => new()
    {
        WorkflowEvent = new() { Namespace = namespaceName, WorkflowId = workflowId, RunId = runId },
    };
}
