using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.Workflow.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Rules on what requests say about schedules.</summary>
internal static class ScheduleRequests
{
    /// <summary>Elsewhere a schedule is a workflow, whose id has this prefix; nothing should pass here that fails there.</summary>
    private const int IdPrefix = 23;

    /// <summary>A workflow's id gets the time behind it: "-2030-01-31T12:00:00Z".</summary>
    private const int TimeSuffix = 21;

    public static void Id(string scheduleId)
    {
        Fields.Id(scheduleId, "ScheduleId");
        RequireLength(scheduleId, IdPrefix);
    }

    /// <summary>The schedule in the form in which it is kept.</summary>
    public static Schedule Kept(Schedule? schedule, Namespace target)
    {
        if (schedule?.Action?.StartWorkflow is not { } action)
        {
            throw Fields.Invalid("Only StartWorkflow action is supported for schedules");
        }

        Check(action, target);
        Fields.Blob(schedule, "Schedule");
        if (schedule.State is { LimitedActions: true, RemainingActions: < 0 })
        {
            throw Fields.Invalid("RemainingActions must not be negative.");
        }

        try
        {
            return ScheduleChanges.Kept(schedule);
        }
        catch (FormatException problem)
        {
            throw Fields.Invalid($"Invalid schedule spec: {problem.Message}");
        }
        catch (NotSupportedException missing)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, missing.Message);
        }
    }

    public static void Patch(SchedulePatch? patch)
    {
        if (patch?.Pause.Length > Limits.IdLength || patch?.Unpause.Length > Limits.IdLength)
        {
            throw Fields.Invalid("Schedule notes exceeds limit.");
        }

        foreach (var backfill in patch?.BackfillRequest ?? [])
        {
            if (backfill.StartTime is null || backfill.EndTime is null)
            {
                throw Fields.Invalid("A backfill needs a StartTime and an EndTime.");
            }
        }
    }

    private static void Check(NewWorkflowExecutionInfo action, Namespace target)
    {
        RequireLength(action.WorkflowId, TimeSuffix);
        Fields.Id(action.WorkflowType?.Name ?? "", "WorkflowType");
        Fields.Queue(action.TaskQueue);
        Fields.Timeout(action.WorkflowExecutionTimeout, "WorkflowExecutionTimeout");
        Fields.Timeout(action.WorkflowRunTimeout, "WorkflowRunTimeout");
        Fields.Timeout(action.WorkflowTaskTimeout, "WorkflowTaskTimeout");
        Fields.Retry(action.RetryPolicy);
        Fields.Blob(action.Input, "Input");
        Fields.Blob(action.Memo, "Memo", Limits.MemoBytes);
        Fields.Attributes(action.SearchAttributes, target);
        Fields.Metadata(action.UserMetadata);
        if (action.CronSchedule.Length > 0)
        {
            throw Fields.Invalid("Scheduled workflow must not contain CronSchedule");
        }

        if (action.WorkflowIdReusePolicy is not (WorkflowIdReusePolicy.Unspecified or WorkflowIdReusePolicy.AllowDuplicate))
        {
            throw Fields.Invalid("Scheduled workflow must not contain WorkflowIDReusePolicy");
        }
    }

    private static void RequireLength(string id, int added)
    {
        if (id.Length + added > Limits.IdLength)
        {
            throw Fields.Invalid($"WorkflowId exceeds maximum allowed length ({id.Length + added}/{Limits.IdLength})");
        }
    }
}
