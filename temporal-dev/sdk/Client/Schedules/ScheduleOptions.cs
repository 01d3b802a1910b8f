using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Client.Schedules;

public class ScheduleOptions : ICloneable
{
    public bool TriggerImmediately { get; set; }

    public IReadOnlyCollection<ScheduleBackfill> Backfills { get; set; } = [];

    /// <summary>Of the schedule, not of the workflows that it starts.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Of the schedule, not of the workflows that it starts.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

public class ScheduleTriggerOptions : ICloneable
{
    /// <summary>Unspecified: as the schedule says.</summary>
    public ScheduleOverlapPolicy Overlap { get; set; } = ScheduleOverlapPolicy.Unspecified;

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleTriggerOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

public class ScheduleListOptions : ICloneable
{
    public string? Query { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (ScheduleListOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

/// <summary>Acts for the times of a past period as if they came now.</summary>
/// <param name="StartAt">Not itself part of the period.</param>
/// <param name="EndAt">Part of the period.</param>
public record ScheduleBackfill(
    DateTime StartAt, DateTime EndAt, ScheduleOverlapPolicy Overlap = ScheduleOverlapPolicy.Unspecified);
