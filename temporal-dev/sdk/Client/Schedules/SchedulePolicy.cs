using Temporalio.Api.Enums.V1;

namespace Temporalio.Client.Schedules;

public record SchedulePolicy
{
    /// <summary>What to do when it is time and the last action still runs.</summary>
    public ScheduleOverlapPolicy Overlap { get; init; } = ScheduleOverlapPolicy.Skip;

    /// <summary>How late an action may be made up for after the server was down; null: as the server is configured.</summary>
    public TimeSpan? CatchupWindow { get; init; }

    public bool PauseOnFailure { get; init; }
}

public record ScheduleState
{
    public string? Note { get; init; }

    public bool Paused { get; init; }

    /// <summary>Whether <see cref="RemainingActions" /> counts.</summary>
    public bool LimitedActions { get; init; }

    public long RemainingActions { get; init; }
}
