using Temporalio.Common;

namespace Temporalio.Client.Schedules;

public record ScheduleUpdateInput(ScheduleDescription Description);

/// <param name="SearchAttributes">Replace all that the schedule has; null leaves them.</param>
public record ScheduleUpdate(Schedule Schedule, SearchAttributeCollection? SearchAttributes = null);
