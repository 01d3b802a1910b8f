using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Markers, memo and search attributes: what a workflow notes about itself.</summary>
internal static class Properties
{
    public static void RecordMarker(Transition step, RecordMarkerCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadRecordMarkerAttributes;
        Require.Id(command.MarkerName, "MarkerName", bad);
        Require.Size(command, Limits.BlobBytes, "The marker", bad);
        var attributes = new MarkerRecordedEventAttributes
        {
            MarkerName = command.MarkerName,
            WorkflowTaskCompletedEventId = context.CompletedEventId,
            Header = command.Header,
            Failure = command.Failure,
        };
        attributes.Details.Add(command.Details);
        step.Append(new HistoryEvent { EventType = EventType.MarkerRecorded, MarkerRecordedEventAttributes = attributes });
    }

    public static void UpsertSearchAttributes(
        Transition step, UpsertWorkflowSearchAttributesCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadSearchAttributes;
        if (command.SearchAttributes is not { IndexedFields.Count: > 0 })
        {
            throw new WorkflowTaskRefusal(bad, "SearchAttributes is not set on the command.");
        }

        Require.Size(command.SearchAttributes, Limits.SearchAttributesBytes, "SearchAttributes", bad);
        step.Append(new HistoryEvent
        {
            EventType = EventType.UpsertWorkflowSearchAttributes,
            UpsertWorkflowSearchAttributesEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                SearchAttributes = command.SearchAttributes,
            },
        });
        Merge(step.State.SearchAttributes.IndexedFields, command.SearchAttributes.IndexedFields);
        step.VisibilityChanged = true;
    }

    public static void ModifyMemo(Transition step, ModifyWorkflowPropertiesCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes;
        if (command.UpsertedMemo is not { Fields.Count: > 0 })
        {
            throw new WorkflowTaskRefusal(bad, "UpsertedMemo is not set on the command.");
        }

        Require.Size(command.UpsertedMemo, Limits.MemoBytes, "UpsertedMemo", bad);
        step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowPropertiesModified,
            WorkflowPropertiesModifiedEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                UpsertedMemo = command.UpsertedMemo,
            },
        });
        Merge(step.State.Memo.Fields, command.UpsertedMemo.Fields);
        step.VisibilityChanged = true;
    }

    /// <summary>An empty payload deletes its key.</summary>
    public static void Merge(MapField<string, Payload> current, MapField<string, Payload> changes)
    {
        foreach (var (key, value) in changes)
        {
            if (IsEmpty(value))
            {
                current.Remove(key);
            }
            else
            {
                current[key] = value;
            }
        }
    }

    private static bool IsEmpty(Payload value)
    {
        if (value.Metadata.TryGetValue("encoding", out var encoding) && encoding.ToStringUtf8() == "binary/null")
        {
            return true;
        }

        var text = value.Data.ToStringUtf8();
        return text is "" or "null" or "[]";
    }
}
