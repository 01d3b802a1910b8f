using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule and what it has done.</summary>
public class ScheduleDescription
{
    private readonly DataConverter _converter;

    internal ScheduleDescription(string id, Schedule schedule, DescribeScheduleResponse raw, DataConverter converter)
    {
        Id = id;
        Schedule = schedule;
        Info = ScheduleProto.ToInfo(raw.Info);
        Received = raw;
        _converter = converter;
    }

    public string Id { get; }

    public ScheduleInfo Info { get; }

    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => field ??= EncodedRawValue.All(Received.Memo, _converter);

    public Schedule Schedule { get; }

    public SearchAttributeCollection TypedSearchAttributes =>
        field ??= Received.SearchAttributes is { } attributes ? SearchAttributeCollection.FromProto(attributes) : SearchAttributeCollection.Empty;

    /// <summary>An update names the version that it has read by a token in here.</summary>
    internal DescribeScheduleResponse Received { get; }
}

/// <param name="RecentActions">At most ten, the oldest first.</param>
/// <param name="NextActionTimes">At most ten.</param>
public record ScheduleInfo(
    long NumActions,
    long NumActionsMissedCatchupWindow,
    long NumActionsSkippedOverlap,
    IReadOnlyCollection<ScheduleActionExecution> RunningActions,
    IReadOnlyCollection<ScheduleActionResult> RecentActions,
    IReadOnlyCollection<DateTime> NextActionTimes,
    DateTime CreatedAt,
    DateTime? LastUpdatedAt);

public abstract record ScheduleActionExecution
{
    private protected ScheduleActionExecution()
    {
    }
}

public record ScheduleActionExecutionStartWorkflow(string WorkflowId, string FirstExecutionRunId) : ScheduleActionExecution;

/// <param name="ScheduledAt">Jitter included.</param>
public record ScheduleActionResult(DateTime ScheduledAt, DateTime StartedAt, ScheduleActionExecution Action);
