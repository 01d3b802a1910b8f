using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace Orchestrator.Tests.Server.Schedules;

internal static class SomeSchedule
{
    public static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly ScheduleSpec Hourly = new() { Interval = { new IntervalSpec { Interval = Duration.FromTimeSpan(TimeSpan.FromHours(1)) } } };

    public static ScheduleState State(
        ScheduleSpec? spec = null, ScheduleOverlapPolicy overlap = default, string? id = null, string? space = null, DateTimeOffset? now = null) => new()
        {
            NamespaceId = space ?? Guid.NewGuid().ToString(),
            NamespaceName = "default",
            ScheduleId = id ?? $"schedule-{Guid.NewGuid()}",
            Incarnation = Guid.NewGuid().ToString(),
            CreateRequestId = Guid.NewGuid().ToString(),
            CreatedAt = now ?? Noon,
            ProcessedUntil = now ?? Noon,
            Schedule = ScheduleChanges.Kept(new Schedule
            {
                Spec = spec ?? Hourly,
                Policies = new() { OverlapPolicy = overlap },
                Action = Action("run"),
            }),
        };

    public static ScheduleAction Action(string workflowId, string queue = "queue") => new()
    {
        StartWorkflow = new() { WorkflowId = workflowId, WorkflowType = new() { Name = "Type" }, TaskQueue = new() { Name = queue } },
    };

    public static IEnumerable<string> Times(ScheduleSpec spec, string after, int count) => new ScheduleTimes(ScheduleForm.Canonical(spec), "seed")
        .After(DateTimeOffset.Parse(after, System.Globalization.CultureInfo.InvariantCulture))
        .Take(count)
        .Select(time => time.ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
}
