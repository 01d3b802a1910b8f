using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

// Parameters may be added in later versions: change an input by "with", do not construct one.
public record CreateScheduleInput(string Id, Schedule Schedule, ScheduleOptions? Options);

public record ListSchedulesInput(ScheduleListOptions? Options);

public record BackfillScheduleInput(string Id, IReadOnlyCollection<ScheduleBackfill> Backfills, RpcOptions? RpcOptions);

public record DeleteScheduleInput(string Id, RpcOptions? RpcOptions);

public record DescribeScheduleInput(string Id, RpcOptions? RpcOptions);

public record PauseScheduleInput(string Id, string? Note, RpcOptions? RpcOptions);

public record UnpauseScheduleInput(string Id, string? Note, RpcOptions? RpcOptions);

public record TriggerScheduleInput(string Id, ScheduleTriggerOptions? Options);

public record UpdateScheduleInput(string Id, Func<ScheduleUpdateInput, Task<ScheduleUpdate?>> Updater, RpcOptions? RpcOptions);
