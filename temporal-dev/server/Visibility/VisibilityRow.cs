using Google.Protobuf;
using TemporalDev.Server.Engine;

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
            Attributes = PlainAttributes.Of(state.SearchAttributes),
        };
    }
}
