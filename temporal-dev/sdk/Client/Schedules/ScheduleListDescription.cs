using Temporalio.Api.Schedule.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule as the list shows it.</summary>
public class ScheduleListDescription
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> _memo;
    private readonly Lazy<SearchAttributeCollection> _searchAttributes;

    internal ScheduleListDescription(ScheduleListEntry raw, DataConverter converter)
    {
        RawEntry = raw;
        Schedule = raw.Info is null ? null : ScheduleProto.ToListSchedule(raw.Info);
        Info = raw.Info is null ? null : ScheduleProto.ToListInfo(raw.Info);
        _memo = new(() => EncodedRawValue.All(raw.Memo, converter));
        _searchAttributes = new(() => raw.SearchAttributes is { } attributes
            ? SearchAttributeCollection.FromProto(attributes)
            : SearchAttributeCollection.Empty);
    }

    public string Id => RawEntry.ScheduleId;

    /// <summary>Visibility follows with a delay; null until then.</summary>
    public ScheduleListSchedule? Schedule { get; }

    /// <summary>Visibility follows with a delay; null until then.</summary>
    public ScheduleListInfo? Info { get; }

    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => _memo.Value;

    public SearchAttributeCollection TypedSearchAttributes => _searchAttributes.Value;

    internal ScheduleListEntry RawEntry { get; }
}

public record ScheduleListSchedule(ScheduleListAction Action, ScheduleSpec Spec, ScheduleListState State);

public abstract record ScheduleListAction
{
    private protected ScheduleListAction()
    {
    }
}

public record ScheduleListActionStartWorkflow(string Workflow) : ScheduleListAction;

public record ScheduleListState(string? Note, bool Paused);

public record ScheduleListInfo(
    IReadOnlyCollection<ScheduleActionResult> RecentActions, IReadOnlyCollection<DateTime> NextActionTimes);
