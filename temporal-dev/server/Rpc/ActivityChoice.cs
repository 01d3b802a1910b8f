using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Which pending activities of a run an operator means.</summary>
internal sealed record ActivityChoice(string Id, string Type, bool IsAll)
{
    /// <summary>Without a workflow the request means an activity that stands alone, and there are none here.</summary>
    public static WorkflowExecution ExecutionOf(string workflowId, string runId) => workflowId.Length > 0
        ? new WorkflowExecution { WorkflowId = workflowId, RunId = runId }
        : throw new GrpcException(GrpcStatusCode.Unimplemented, "Activities without a workflow are not served here; name the workflow of this one.");

    public void Check()
    {
        if (!IsAll && Id.Length == 0 && Type.Length == 0)
        {
            throw Fields.Invalid("The request names neither an activity nor a type of activities.");
        }
    }

    public List<ActivityState> Find(RunState state)
    {
        var found = state.Activities.Values
            .Where(activity => IsAll || (Id.Length > 0 ? activity.ActivityId == Id : activity.ActivityType == Type))
            .ToList();
        return found.Count > 0 ? found : throw RunRefusals.NotFound("The workflow has no such pending activity.");
    }
}
