using System.Text.Json;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility.Search;

/// <summary>What a run has for a search attribute: null, string, bool, long, double, DateTime, or the strings of a list.</summary>
internal static class RowValues
{
    public static object? Of(Field field, IndexedRun run, JsonElement attributes)
    {
        var (key, row) = run;
        return field.Name switch
        {
            "WorkflowId" => key.WorkflowId,
            "RunId" => key.RunId,
            "WorkflowType" => row.WorkflowType,
            "TaskQueue" => row.TaskQueue,
            "ExecutionStatus" => ((WorkflowExecutionStatus)row.Status).ToString(),
            "StartTime" => Instant.Of(row.StartTime),
            "ExecutionTime" => Instant.Of(row.ExecutionTime),
            "CloseTime" => row.CloseTime is { } closed ? Instant.Of(closed) : null,
            "ExecutionDuration" => row.CloseTime is { } closed ? (Instant.Of(closed) - Instant.Of(row.ExecutionTime)).Ticks * 100 : null,
            "HistoryLength" => Closed(row, row.HistoryLength),
            "HistorySizeBytes" => Closed(row, row.HistoryBytes),
            "StateTransitionCount" => Closed(row, row.Transitions),
            "ParentWorkflowId" => row.ParentWorkflowId,
            "ParentRunId" => row.ParentRunId,
            "RootWorkflowId" => row.RootWorkflowId,
            "RootRunId" => row.RootRunId,
            _ => Attribute(field, attributes),
        };
    }

    public static object? Attribute(Field field, JsonElement attributes) =>
        attributes.TryGetProperty(field.Name, out var value) ? Attribute(field.Type, value) : null;

    /// <summary>Sizes are told when they no longer change.</summary>
    private static long? Closed(VisibilityRow row, long value) => row.CloseTime is null ? null : value;

    private static object? Attribute(IndexedValueType type, JsonElement value) => (type, value.ValueKind) switch
    {
        (IndexedValueType.Int, JsonValueKind.Number) => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
        (IndexedValueType.Double, JsonValueKind.Number) => value.GetDouble(),
        (IndexedValueType.Bool, JsonValueKind.True or JsonValueKind.False) => value.GetBoolean(),
        (IndexedValueType.Datetime, JsonValueKind.String) => Instant.TryParse(value.GetString()!),
        (IndexedValueType.Keyword or IndexedValueType.Text, JsonValueKind.String) => value.GetString(),
        (IndexedValueType.KeywordList, JsonValueKind.String) => new[] { value.GetString()! },
        (IndexedValueType.KeywordList, JsonValueKind.Array) =>
            value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToArray(),
        _ => null,
    };
}
