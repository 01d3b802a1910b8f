using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class KillTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_killed_service_goes_on_where_it_was()
    {
        var port = FreePort.Choose();
        var queue = $"queue-{Guid.NewGuid()}";
        using var client = new ServerClient($"127.0.0.1:{port}", queue);
        using var server = new ServerProcess(postgres.ConnectionString, port);
        await server.StartAsync();
        var run = await client.StartAsync();
        await client.AdvanceAsync(Some.Timer("t", TimeSpan.FromSeconds(1)), Some.Activity("taken"), Some.Activity("waiting"));
        var taken = await client.ActivityAsync();

        await server.RestartAsync();

        // The answer to a task that was taken from the dead service, an activity nobody had taken, a timer that came due meanwhile.
        await client.CompleteActivityAsync(taken);
        await client.CompleteActivityAsync(await client.ActivityAsync());
        await CompleteAsync(client);
        var history = await client.HistoryAsync(run);
        Assert.Equal(WorkflowExecutionCompleted, history[^1]);
        Assert.Equal(2, history.Count(type => type == ActivityTaskCompleted));
        Assert.Equal(1, history.Count(type => type == TimerFired));
    }

    private static async Task CompleteAsync(ServerClient client)
    {
        while (true)
        {
            var task = await client.TaskAsync();
            var seen = task.History.Events.Count(item => item.EventType is ActivityTaskCompleted or TimerFired);
            if (seen == 3)
            {
                await client.AnswerAsync(task, Some.CompleteWorkflow());
                return;
            }

            await client.AnswerAsync(task);
        }
    }
}
