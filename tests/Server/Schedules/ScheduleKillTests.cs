using Google.Protobuf.WellKnownTypes;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class ScheduleKillTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Kills = 2;
    private const int Hours = 200;

    [Fact]
    public async Task Every_time_of_a_backfill_starts_one_workflow_however_often_the_service_is_killed()
    {
        var port = FreePort.Choose();
        var id = $"schedule-{Guid.NewGuid()}";
        using var client = new ServerClient($"127.0.0.1:{port}", "queue");
        using var server = new ServerProcess(postgres.ConnectionString, port);
        await server.StartAsync();
        await client.CallAsync<CreateScheduleResponse>("CreateSchedule", new CreateScheduleRequest
        {
            Namespace = "default",
            ScheduleId = id,
            RequestId = id,
            Schedule = new()
            {
                Spec = SomeSchedule.Hourly,
                Action = SomeSchedule.Action(id),
                Policies = new() { OverlapPolicy = ScheduleOverlapPolicy.AllowAll },
                State = new() { Paused = true },
            },
            InitialPatch = new() { BackfillRequest = { new Temporalio.Api.Schedule.V1.BackfillRequest { StartTime = Hour(1), EndTime = Hour(Hours) } } },
        });

        for (var kill = 1; kill <= Kills; kill++)
        {
            // Killed while it starts them: some have begun, others are still to come.
            var enough = Hours * kill / (Kills + 1);
            await Eventually.EqualAsync(true, async () => await CountAsync(client, id) >= enough);
            await server.RestartAsync();
        }

        await Eventually.EqualAsync(Hours, () => ActionsAsync(client, id));
        Assert.Equal(Hours, await CountAsync(client, id));
    }

    private static async Task<long> CountAsync(ServerClient client, string id) =>
        (await client.CallAsync<CountWorkflowExecutionsResponse>(
            "CountWorkflowExecutions",
            new CountWorkflowExecutionsRequest { Namespace = "default", Query = $"TemporalScheduledById = '{id}'" })).Count;

    private static async Task<long> ActionsAsync(ServerClient client, string id) =>
        (await client.CallAsync<DescribeScheduleResponse>(
            "DescribeSchedule", new DescribeScheduleRequest { Namespace = "default", ScheduleId = id })).Info.ActionCount;

    private static Timestamp Hour(int hour) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour));
}
