using Orchestrator.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Schedules;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Sdk.Client;

public sealed class ScheduleTests
{
    private readonly string _id = "schedule-" + Guid.NewGuid();

    [LiveFact]
    public async Task A_schedule_is_created_and_described_with_all_that_was_said()
    {
        var client = await LiveServer.ConnectAsync();
        var keyword = SearchAttributeKey.CreateKeyword("CustomKeywordField");
        var schedule = new Schedule(Action(), new()
        {
            Calendars = [new() { Hour = [new(3, 5, 2)], DayOfWeek = [new(1)], Comment = "early" }],
            Intervals = [new(TimeSpan.FromHours(6), TimeSpan.FromMinutes(10))],
            Skip = [new() { Month = [new(12)], DayOfMonth = [new(24, 26)] }],
            StartAt = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Jitter = TimeSpan.FromSeconds(30),
            TimeZoneName = "Europe/Berlin",
        })
        {
            Policy = new() { Overlap = ScheduleOverlapPolicy.BufferOne, CatchupWindow = TimeSpan.FromMinutes(5), PauseOnFailure = true },
            State = new() { Note = "not yet", Paused = true, LimitedActions = true, RemainingActions = 7 },
        };

        var handle = await client.CreateScheduleAsync(_id, schedule, new()
        {
            Memo = new Dictionary<string, object> { ["owner"] = "me" },
            TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(keyword, _id).ToSearchAttributeCollection(),
        });
        var description = await handle.DescribeAsync();

        Assert.Equal(Text(schedule.Spec), Text(description.Schedule.Spec));
        Assert.Equal(schedule.Policy, description.Schedule.Policy);
        Assert.Equal(schedule.State, description.Schedule.State);
        Assert.Equal("me", await description.Memo["owner"].ToValueAsync<string>());
        Assert.Equal(_id, description.TypedSearchAttributes.Get(keyword));
        var action = Assert.IsType<ScheduleActionStartWorkflow>(description.Schedule.Action);
        Assert.Equal(("ShipWorkflow", "one line"), (action.Workflow, action.Options.StaticSummary));
        Assert.Equal("crate", await Assert.IsAssignableFrom<IEncodedRawValue>(Assert.Single(action.Args)).ToValueAsync<string>());
        await Assert.ThrowsAsync<ScheduleAlreadyRunningException>(() => client.CreateScheduleAsync(_id, schedule));
        await handle.DeleteAsync();
    }

    [LiveFact]
    public async Task A_schedule_is_triggered_paused_updated_backfilled_listed_and_deleted()
    {
        var client = await LiveServer.ConnectAsync();
        var handle = await client.CreateScheduleAsync(_id, new(Action(), new() { Intervals = [new(TimeSpan.FromDays(365))] })
        {
            Policy = new() { Overlap = ScheduleOverlapPolicy.AllowAll },
        });

        await handle.TriggerAsync();
        await Eventually.EqualAsync(1L, async () => (await handle.DescribeAsync()).Info.NumActions);
        await handle.PauseAsync("lunch");
        Assert.Equal((true, "lunch"), await StateAsync());
        await handle.UnpauseAsync("back");
        Assert.Equal((false, "back"), await StateAsync());

        await handle.UpdateAsync(input => new ScheduleUpdate(input.Description.Schedule with { State = new() { Note = "changed" } }));
        await Eventually.EqualAsync((false, "changed"), StateAsync);
        await handle.UpdateAsync(_ => (ScheduleUpdate?)null);
        var now = DateTime.UtcNow;
        await handle.BackfillAsync([new(now.AddYears(-2), now)]);
        await Eventually.EqualAsync(true, async () => (await handle.DescribeAsync()).Info.NumActions > 1);

        // What the update sent back came from the description: the started workflow must still get its argument.
        var started = (ScheduleActionExecutionStartWorkflow)(await handle.DescribeAsync()).Info.RecentActions.Last().Action;
        var input = (await client.GetWorkflowHandle(started.WorkflowId).FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes.Input;
        Assert.Equal("\"crate\"", Assert.Single(input.Payloads_).Data.ToStringUtf8());

        await Eventually.EqualAsync(1, async () => (await client.ListSchedulesAsync().ToListAsync()).Count(s => s.Id == _id));
        await handle.DeleteAsync();
        await Assert.ThrowsAsync<RpcException>(() => handle.DescribeAsync());

        async Task<(bool, string?)> StateAsync()
        {
            var state = (await handle.DescribeAsync()).Schedule.State;
            return (state.Paused, state.Note);
        }
    }

    [LiveFact]
    public async Task Options_that_a_scheduled_workflow_cannot_have_are_refused()
    {
        var client = await LiveServer.ConnectAsync();
        var action = Action();
        action.Options.CronSchedule = "* * * * *";

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => client.CreateScheduleAsync(_id, new(action, new())));

        Assert.Contains("CronSchedule", refused.Message);
    }

    // The server writes ends and steps out that were left to their defaults.
    private static string Text(ScheduleSpec spec)
    {
        var calendars = spec.Calendars.Concat(spec.Skip).Select(c => string.Join(' ',
            c.Second.Concat(c.Minute).Concat(c.Hour).Concat(c.DayOfMonth).Concat(c.Month).Concat(c.Year).Concat(c.DayOfWeek)
                .Select(r => $"{r.Start}-{Math.Max(r.Start, r.End)}/{Math.Max(1, r.Step)}")) + " " + c.Comment);
        return $"{string.Join('\n', calendars)}\n{string.Join(' ', spec.Intervals)}\n{spec.StartAt:O} {spec.Jitter} {spec.TimeZoneName}";
    }

    private ScheduleActionStartWorkflow Action() => ScheduleActionStartWorkflow.Create(
        (IShipWorkflow workflow) => workflow.RunAsync("crate"), new(_id, _id) { StaticSummary = "one line" });
}
