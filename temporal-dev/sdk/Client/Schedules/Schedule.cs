namespace Temporalio.Client.Schedules;

/// <summary>What to do, when, and under which rules.</summary>
public record Schedule(ScheduleAction Action, ScheduleSpec Spec)
{
    public SchedulePolicy Policy { get; init; } = new();

    public ScheduleState State { get; init; } = new();
}
