using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>The start of a child, from the event by which its parent initiated it.</summary>
internal static class ChildStart
{
    public static StartSpec Spec(RunState parent, HistoryEvent initiated, Namespace target, string requestId)
    {
        var attributes = initiated.StartChildWorkflowExecutionInitiatedEventAttributes;
        var runId = Guid.NewGuid().ToString();
        var backoff = attributes.CronSchedule.Length > 0
            ? CronSchedule.Parse(attributes.CronSchedule).BackoffAfter(initiated.EventTime.ToDateTimeOffset(), initiated.EventTime.ToDateTimeOffset())
            : null;
        return new StartSpec
        {
            NamespaceId = target.Id,
            NamespaceName = target.Name,
            RunId = runId,
            RequestId = requestId,
            UserMetadata = initiated.UserMetadata,
            Started = new WorkflowExecutionStartedEventAttributes
            {
                WorkflowId = attributes.WorkflowId,
                WorkflowType = attributes.WorkflowType,
                ParentWorkflowNamespace = parent.NamespaceName,
                ParentWorkflowNamespaceId = parent.NamespaceId,
                ParentWorkflowExecution = parent.Execution(),
                ParentInitiatedEventId = initiated.EventId,
                RootWorkflowExecution = parent.Started.RootWorkflowExecution ?? parent.Execution(),
                TaskQueue = attributes.TaskQueue,
                Input = attributes.Input,
                WorkflowExecutionTimeout = attributes.WorkflowExecutionTimeout,
                WorkflowRunTimeout = attributes.WorkflowRunTimeout,
                WorkflowTaskTimeout = attributes.WorkflowTaskTimeout,
                OriginalExecutionRunId = runId,
                FirstExecutionRunId = runId,
                Attempt = 1,
                RetryPolicy = attributes.RetryPolicy,
                CronSchedule = attributes.CronSchedule,
                Initiator = attributes.CronSchedule.Length > 0 ? ContinueAsNewInitiator.CronSchedule : ContinueAsNewInitiator.Unspecified,
                FirstWorkflowTaskBackoff = backoff is { } wait ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(wait) : null,
                Memo = attributes.Memo,
                SearchAttributes = attributes.SearchAttributes,
                Header = attributes.Header,
                Priority = attributes.Priority,
            },
        };
    }
}
