using System.Collections.Immutable;

namespace Orchestrator.Tests.Compatibility.Cli;

internal static class CliScheduleScenarios
{
    private const string Order = """ --schedule-id {id} --workflow-id {id} --type Order --task-queue {queue} --input "quick" """;

    public static ImmutableArray<CliScenario> All { get; } =
    [
        new("a schedule with everything, described, listed and deleted",
        [
            "schedule create" + Order + """--cron @daily --interval 5h/10m --calendar {"hour":"7-9","dayOfWeek":"MON,FRI"} --overlap-policy BufferOne --catchup-window 1h"""
                + """ --jitter 10s --time-zone Europe/Berlin --start-time 2030-01-01T00:00:00Z --end-time 2031-01-01T00:00:00Z --notes noted --paused"""
                + """ --memo k="v" --schedule-memo sk="sv" --schedule-search-attribute CustomKeywordField="{id}" --remaining-actions 3 --pause-on-failure --run-timeout 1h""",
            "schedule describe --schedule-id {id}",
            "schedule list --query ScheduleId='{id}'",
            "schedule list --query ScheduleId='{id}' --long",
            "schedule list --query CustomKeywordField='{id}' --really-long",
            "schedule list --query TemporalSchedulePaused=false",
            "schedule delete --schedule-id {id}",
            "schedule describe --schedule-id {id}",
            "schedule list --query ScheduleId='{id}'",
        ]),
        new("a schedule paused, changed, triggered and backfilled",
        [
            "schedule create" + Order + "--interval 10000h --overlap-policy BufferAll",
            "schedule toggle --schedule-id {id} --pause --reason lunch",
            "schedule describe --schedule-id {id}",
            "schedule toggle --schedule-id {id} --unpause --reason back",
            "schedule describe --schedule-id {id}",
            "schedule update" + Order + "--interval 24h --notes second --overlap-policy AllowAll",
            "schedule describe --schedule-id {id}",
            "schedule trigger --schedule-id {id}",
            "schedule describe --schedule-id {id}",
            "schedule backfill --schedule-id {id} --start-time 2025-01-01T00:00:00Z --end-time 2025-01-03T00:00:00Z --overlap-policy AllowAll",
            "schedule describe --schedule-id {id}",
            "workflow count --query TemporalScheduledById='{id}'",
            "workflow describe --workflow-id {id}-2025-01-02T00:00:00Z",
            "workflow show --workflow-id {id}-2025-01-02T00:00:00Z",
            "schedule delete --schedule-id {id}",
        ]),
        new("schedules that make no sense or are not there",
        [
            "schedule create" + Order + "--cron often",
            "schedule create" + Order + "--interval 1h --time-zone Middle/Earth",
            "schedule create" + Order + """--calendar {"hour":"25"}""",
            "schedule create" + Order + "--interval 10000h",
            "schedule create" + Order + "--interval 10000h",
            "schedule update" + Order + "--cron often",
            "schedule delete --schedule-id {id}",
            "schedule delete --schedule-id {id}",
            "schedule describe --schedule-id {id}",
            "schedule update" + Order + "--interval 1h",
            "schedule toggle --schedule-id {id} --pause",
            "schedule trigger --schedule-id {id}",
            "schedule backfill --schedule-id {id} --start-time 2025-01-01T00:00:00Z --end-time 2025-01-02T00:00:00Z",
            "schedule list --query Bogus=1",
            "schedule list --query WorkflowId='{id}'",
            "schedule list --namespace nowhere",
        ]),
    ];
}
