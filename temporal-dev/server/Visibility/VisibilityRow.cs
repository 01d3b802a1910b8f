using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>What lists and counts know of a run.</summary>
internal sealed record VisibilityRow
{
    public required string WorkflowType { get; init; }
    public required string TaskQueue { get; init; }
    public required short Status { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public required DateTimeOffset ExecutionTime { get; init; }
    public DateTimeOffset? CloseTime { get; init; }
    public required long HistoryLength { get; init; }
    public required long HistoryBytes { get; init; }
    public required long Transitions { get; init; }
    public string? ParentWorkflowId { get; init; }
    public string? ParentRunId { get; init; }
    public required string RootWorkflowId { get; init; }
    public required string RootRunId { get; init; }
    public required byte[] Memo { get; init; }
    public required byte[] SearchAttributes { get; init; }
    public required string Attributes { get; init; }

    public static VisibilityRow Of(RunState state)
    {
        var parent = state.Started.ParentWorkflowExecution;
        var root = state.Started.RootWorkflowExecution;
        return new VisibilityRow
        {
            WorkflowType = state.WorkflowType,
            TaskQueue = state.TaskQueue,
            Status = (short)state.Status,
            StartTime = state.StartedAt,
            ExecutionTime = state.ExecutionAt,
            CloseTime = state.ClosedAt,
            HistoryLength = state.NextEventId - 1,
            HistoryBytes = state.HistoryBytes,
            Transitions = state.Transitions,
            ParentWorkflowId = parent?.WorkflowId,
            ParentRunId = parent?.RunId,
            RootWorkflowId = root?.WorkflowId ?? state.WorkflowId,
            RootRunId = root?.RunId ?? state.RunId,
            Memo = state.Memo.ToByteArray(),
            SearchAttributes = state.SearchAttributes.ToByteArray(),
            Attributes = Plain(state.SearchAttributes),
        };
    }

    private static string Plain(SearchAttributes attributes)
    {
        var values = new JsonObject();
        foreach (var (name, payload) in attributes.IndexedFields)
        {
            try
            {
                values[name] = Single(JsonNode.Parse(payload.Data.Span));
            }
            catch (JsonException)
            {
                // A value that is no JSON cannot be compared by any query; the list still shows the payload as it came.
                values[name] = null;
            }
        }

        return values.ToJsonString();
    }

    /// <summary>Older SDKs send every value as a list; a list of one compares as what is in it.</summary>
    private static JsonNode? Single(JsonNode? value) => value is JsonArray { Count: 1 } list ? list[0]?.DeepClone() : value;
}
