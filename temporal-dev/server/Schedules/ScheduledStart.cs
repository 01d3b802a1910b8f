using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>A planned start as what the engine starts.</summary>
internal static class ScheduledStart
{
    private const string SecondsForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string WorkflowId(ScheduleState state, PlannedStart start) =>
        $"{state.Schedule.Action.StartWorkflow.WorkflowId}-{NominalSecond(start)}";

    public static StartSpec Spec(ScheduleState state, PlannedStart start)
    {
        var action = state.Schedule.Action.StartWorkflow;
        var runId = Guid.NewGuid().ToString();
        // Runs beside others have no predecessor whose result would be theirs to take up.
        var isApart = start.Overlap == ScheduleOverlapPolicy.AllowAll;
        return new StartSpec
        {
            NamespaceId = state.NamespaceId,
            NamespaceName = state.NamespaceName,
            RunId = runId,
            RequestId = RequestId(state, start),
            UserMetadata = action.UserMetadata,
            Started = new()
            {
                WorkflowId = WorkflowId(state, start),
                WorkflowType = action.WorkflowType,
                TaskQueue = action.TaskQueue,
                Input = action.Input,
                WorkflowExecutionTimeout = action.WorkflowExecutionTimeout,
                WorkflowRunTimeout = action.WorkflowRunTimeout,
                WorkflowTaskTimeout = action.WorkflowTaskTimeout,
                OriginalExecutionRunId = runId,
                FirstExecutionRunId = runId,
                Identity = state.Identity(),
                RetryPolicy = action.RetryPolicy is null ? null : Retries.WithDefaults(action.RetryPolicy),
                Attempt = 1,
                FirstWorkflowTaskBackoff = new Duration(),
                Memo = action.Memo,
                SearchAttributes = Attributes(state, start),
                Header = action.Header,
                Priority = action.Priority,
                LastCompletionResult = isApart ? null : state.LastResult,
                ContinuedFailure = isApart ? null : state.LastFailure,
            },
        };
    }

    /// <summary>The same on every attempt, so that what was started before a crash is found instead of started again.</summary>
    private static string RequestId(ScheduleState state, PlannedStart start)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{state.Incarnation}/{start.Number}"));
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }

    private static SearchAttributes Attributes(ScheduleState state, PlannedStart start)
    {
        var attributes = state.Schedule.Action.StartWorkflow.SearchAttributes?.Clone() ?? new SearchAttributes();
        attributes.IndexedFields[KnownAttributes.ScheduledById] = Value(IndexedValueType.Keyword, state.ScheduleId);
        attributes.IndexedFields[KnownAttributes.ScheduledStartTime] = Value(IndexedValueType.Datetime, NominalSecond(start));
        return attributes;
    }

    private static string NominalSecond(PlannedStart start) =>
        start.Nominal.UtcDateTime.ToString(SecondsForm, System.Globalization.CultureInfo.InvariantCulture);

    private static Payload Value(IndexedValueType type, string value) => new()
    {
        Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(value)),
        Metadata =
        {
            ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
            ["type"] = ByteString.CopyFromUtf8(type.ToString()),
        },
    };
}
