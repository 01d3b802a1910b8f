using Temporalio.Api.Enums.V1;
using Temporalio.Api.Filter.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Visibility.Search;

/// <summary>The lists of open and of closed runs that clients asked for before there were queries, as filters.</summary>
internal static class PlainList
{
    private static readonly Field Id = new("WorkflowId", IndexedValueType.Keyword);
    private static readonly Field RunId = new("RunId", IndexedValueType.Keyword);
    private static readonly Field Type = new("WorkflowType", IndexedValueType.Keyword);
    private static readonly Field Status = new("ExecutionStatus", IndexedValueType.Keyword);
    private static readonly Field StartTime = new("StartTime", IndexedValueType.Datetime);
    private static readonly Field CloseTime = new("CloseTime", IndexedValueType.Datetime);
    private static readonly Field Division = new(KnownAttributes.Division, IndexedValueType.Keyword);

    public static Filter Of(ListOpenWorkflowExecutionsRequest request) => new All(
    [
        new IsNull(Division),
        new IsNull(CloseTime),
        .. Times(StartTime, request.StartTimeFilter),
        .. Is(Id, request.ExecutionFilter?.WorkflowId),
        .. Is(RunId, request.ExecutionFilter?.RunId),
        .. Is(Type, request.TypeFilter?.Name),
    ]);

    /// <summary>The time filter of closed runs has always meant when they closed, whatever its name says.</summary>
    public static Filter Of(ListClosedWorkflowExecutionsRequest request) => new All(
    [
        new IsNull(Division),
        new Not(new IsNull(CloseTime)),
        .. Times(CloseTime, request.StartTimeFilter),
        .. Is(Id, request.ExecutionFilter?.WorkflowId),
        .. Is(RunId, request.ExecutionFilter?.RunId),
        .. Is(Type, request.TypeFilter?.Name),
        .. Is(Status, request.StatusFilter?.Status is { } status and not WorkflowExecutionStatus.Unspecified ? status.ToString() : null),
    ]);

    private static IEnumerable<Filter> Is(Field field, string? value) =>
        value is { Length: > 0 } ? [new Compare(field, Comparison.Equal, value)] : [];

    private static IEnumerable<Filter> Times(Field field, StartTimeFilter? filter)
    {
        if (filter?.EarliestTime is { } earliest)
        {
            yield return new Compare(field, Comparison.GreaterOrEqual, Instant.Of(earliest.ToDateTimeOffset()));
        }

        if (filter?.LatestTime is { } latest)
        {
            yield return new Compare(field, Comparison.LessOrEqual, Instant.Of(latest.ToDateTimeOffset()));
        }
    }
}
