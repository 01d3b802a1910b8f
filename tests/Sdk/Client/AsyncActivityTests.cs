using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Sdk.Client;

public sealed class AsyncActivityTests
{
    private readonly string _id = "activity-" + Guid.NewGuid();

    [LiveFact]
    public async Task An_activity_is_completed_from_outside_by_token_or_by_id()
    {
        var client = await LiveServer.ConnectAsync();

        var byToken = await StartedAsync(client, "token");
        await client.GetAsyncActivityHandle(byToken.Token).HeartbeatAsync(new() { Details = ["half"] });
        await client.GetAsyncActivityHandle(byToken.Token).CompleteAsync("done");
        var byId = await StartedAsync(client, "id");
        await client.GetAsyncActivityHandle(byId.Workflow.Id, null, "by-hand").HeartbeatAsync();
        await client.GetAsyncActivityHandle(byId.Workflow.Id, null, "by-hand").CompleteAsync();

        Assert.Equal("\"done\"", (await EventAsync(byToken.Workflow, EventType.ActivityTaskCompleted))
            .ActivityTaskCompletedEventAttributes.Result.Payloads_.Single().Data.ToStringUtf8());
        Assert.NotNull(await EventAsync(byId.Workflow, EventType.ActivityTaskCompleted));
    }

    [LiveFact]
    public async Task An_activity_fails_from_outside_with_its_reason()
    {
        var client = await LiveServer.ConnectAsync();

        var byToken = await StartedAsync(client, "token");
        await client.GetAsyncActivityHandle(byToken.Token).FailAsync(new ApplicationFailureException("broken", "Broken"));
        var byId = await StartedAsync(client, "id");
        await client.GetAsyncActivityHandle(byId.Workflow.Id, null, "by-hand").FailAsync(new InvalidOperationException("impossible"));

        var failures = await Task.WhenAll(
            EventAsync(byToken.Workflow, EventType.ActivityTaskFailed), EventAsync(byId.Workflow, EventType.ActivityTaskFailed));
        Assert.Equal(
            ["Broken", "InvalidOperationException"],
            failures.Select(e => e.ActivityTaskFailedEventAttributes.Failure.ApplicationFailureInfo.Type));
    }

    [LiveFact]
    public async Task A_heartbeat_learns_of_a_cancellation_which_is_then_reported()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, $"{_id}-cancelled");
        var (workflow, token) = await StartedAsync(client, "cancelled");
        await workflow.CancelAsync();
        await worker.AnswerAsync(task => new()
        {
            Commands =
            {
                new Temporalio.Api.Command.V1.Command
                {
                    CommandType = CommandType.RequestCancelActivityTask,
                    RequestCancelActivityTaskCommandAttributes = new()
                    {
                        ScheduledEventId = task.History.Events.Single(e => e.EventType == EventType.ActivityTaskScheduled).EventId,
                    },
                },
            },
        });

        var handle = client.GetAsyncActivityHandle(token);
        await Assert.ThrowsAsync<AsyncActivityCanceledException>(() => handle.HeartbeatAsync());
        await handle.ReportCancellationAsync(new() { Details = ["cleaned"] });

        Assert.NotNull(await EventAsync(workflow, EventType.ActivityTaskCanceled));
        await workflow.TerminateAsync();
    }

    private async Task<(WorkflowHandle Workflow, byte[] Token)> StartedAsync(TemporalClient client, string name)
    {
        var id = $"{_id}-{name}";
        var worker = new HandWorker(client, id);
        var workflow = await client.StartWorkflowAsync("ByHand", [], new(id, id));
        await worker.CommandAsync(HandWorker.ScheduleActivity(id));
        return (workflow, (await worker.PollActivityAsync()).ToByteArray());
    }

    private static async Task<HistoryEvent> EventAsync(WorkflowHandle workflow, EventType type) =>
        (await workflow.FetchHistoryAsync()).Events.Single(e => e.EventType == type);
}
