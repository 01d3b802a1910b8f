using Orchestrator.Tests.Support;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>The official web UI on our service, in a real browser: everything a person does there works, and no request fails.</summary>
[Collection(WebUiWalks.Name)]
public sealed class WebUiTests(WebUiStage stage) : IClassFixture<WebUiStage>
{
    private const string Workflows = WebUiStage.Workflows;
    private const string Schedules = "/namespaces/default/schedules";

    [WebUiFact]
    public Task Namespaces_task_queues_and_workers_are_shown() => stage.WalkAsync(async page =>
    {
        await page.GoAsync("/namespaces");
        await page.SeesAsync("default");
        await page.GoAsync("/namespaces/default");
        await page.SeesAsync("Retention Period");
        await page.SeesAsync("CustomKeywordField");
        await page.GoAsync("/namespaces/default/workers");
        await page.SeesAsync("Running");
        await page.SeesAsync(stage.Queue);
        await page.GoAsync($"/namespaces/default/task-queues/{stage.Queue}");
        await page.SeesAsync("Pollers");
    });

    [WebUiFact]
    public Task The_list_is_filtered() => stage.WalkAsync(async page =>
    {
        var running = await stage.StartAsync("wait");
        var done = await stage.StartAsync("quick");
        await done.GetResultAsync<string>();

        await page.GoAsync(Workflows);
        await page.SeesAsync(done.Id);
        await page.ClickAsync("workflow-status-Running");
        await page.SeesAsync(running.Id);
        await page.SeesNoMoreAsync(done.Id);

        await page.GoAsync(Workflows);
        await page.ClickAsync("add-filter-button");
        await page.ClickAsync("WorkflowId\n\nKeyword");
        await page.FillAsync("input[placeholder^='Enter value']", done.Id);
        await page.ClickAsync("Apply");
        await page.SeesNoMoreAsync(running.Id);
        await page.SeesAsync("1 completed");

        await page.GoAsync(Workflows);
        await page.ClickAsync("toggle-manual-query");
        await page.FillAsync("#query", $"WorkflowType = 'Order' AND WorkflowId STARTS_WITH '{done.Id[..^4]}'");
        await page.ClickAsync("workflow-manual-search-button");
        await page.SeesNoMoreAsync(running.Id);
        await page.SeesAsync(done.Id);
        await page.SeesAsync("Completed");
    });

    [WebUiFact]
    public Task A_workflow_is_started_by_the_form() => stage.WalkAsync(async page =>
    {
        var id = $"form-{Guid.NewGuid()}";
        await page.GoAsync($"{Workflows}/start-workflow");
        await page.FillAsync("#workflowId", id);
        await page.FillAsync("#taskQueue", stage.Queue);
        await page.FillAsync("#workflowType", "Order");
        await page.FillAsync(".cm-content", "\"quick\"");
        await page.ClickAsync("Start Workflow");

        await page.GoAsync($"{Workflows}?query={Uri.EscapeDataString($"`WorkflowId`=\"{id}\"")}");
        await page.SeesAsync(id);
        Assert.Equal("done", await stage.Client.GetWorkflowHandle(id).GetResultAsync<string>());
    });

    [WebUiFact]
    public Task History_is_shown_in_each_of_its_views() => stage.WalkAsync(async page =>
    {
        var run = await stage.StartAsync("activity");
        await page.GoAsync($"{await WebUiStage.PathAsync(run)}/history");
        await page.SeesAsync("Deliver");
        await page.ClickAsync("All");
        await page.SeesAsync("Workflow Task Completed");
        await page.ClickAsync("Compact");
        await page.SeesAsync("Deliver");
        await page.ClickAsync("JSON");
        await page.SeesAsync("\"eventType\": \"WorkflowExecutionStarted\"");
        await page.ClickAsync("timeline-tab");
        await page.SeesAsync("Deliver");
        await page.ClickAsync("relationships-tab");
        await page.SeesAsync("Child Count");
    });

    [WebUiFact]
    public Task Pending_activities_call_stack_and_queries_are_shown() => stage.WalkAsync(async page =>
    {
        var stubborn = await stage.StartAsync("stubborn");
        await page.GoAsync($"{await WebUiStage.PathAsync(stubborn)}/pending-activities");
        await page.SeesAsync("Refuse");
        await page.SeesAsync("not now");

        var waiting = await stage.StartAsync("wait");
        await page.GoAsync($"{await WebUiStage.PathAsync(waiting)}/call-stack");
        await page.SeesAsync("OrderWorkflow.RunAsync");
        await waiting.SignalAsync("Note", ["seen by a query"]);
        await page.ClickAsync("queries-tab");
        await page.ClickAsync("Run Query");
        await page.SeesAsync("\"seen by a query\"");
        await page.ClickAsync("user-metadata-tab");
        await page.SeesAsync("No summary available");
    });

    [WebUiFact]
    public Task Signals_and_updates_are_sent_by_their_forms_and_taken_along_by_a_reset() => stage.WalkAsync(async page =>
    {
        var run = await stage.StartAsync("wait");
        await page.GoAsync(await WebUiStage.PathAsync(run));
        await page.ActAsync("More Actions", "signal-button");
        await page.ChooseAsync("signal-select", "Note");
        await page.FillAsync("dialog[open] .cm-content", "\"by signal\"");
        await page.ConfirmAsync();
        await SeenAsync("by signal");

        await page.ActAsync("More Actions", "update-button");
        await page.ChooseAsync("update-select", "Add");
        await page.FillAsync("dialog[open] .cm-content", "\"by update\"");
        await page.ConfirmAsync();
        await page.SeesAsync("Update successful");
        await SeenAsync("by signal,by update");

        // The first place that the form offers: between the two events of a workflow task.
        await page.ActAsync("More Actions", "reset-button");
        await page.ChooseAsync("workflow-reset-event-id-select", "3 - WorkflowTaskStarted");
        await page.FillAsync("#reset-reason", "once more");
        await page.ConfirmAsync();
        await page.SeesAsync("This Workflow has been reset");
        await page.ClickAsync("here");
        await page.SeesAsync("Running");
        await SeenAsync("by signal,by update");

        async Task SeenAsync(string expected)
        {
            var current = stage.Client.GetWorkflowHandle(run.Id);
            await Eventually.EqualAsync(expected, async () => string.Join(',', await current.QueryAsync<string[]>("Seen", [])));
        }
    });

    [WebUiFact]
    public Task Workflows_are_cancelled_and_terminated() => stage.WalkAsync(async page =>
    {
        var cancelled = await stage.StartAsync("wait");
        await page.GoAsync(await WebUiStage.PathAsync(cancelled));
        await page.ClickAsync("Request Cancellation");
        await page.ConfirmAsync();
        await page.SeesAsync("workflowExecutionCanceledEventAttributes");
        Assert.Equal(WorkflowExecutionStatus.Canceled, (await cancelled.DescribeAsync()).Status);

        var terminated = await stage.StartAsync("wait");
        await page.GoAsync(await WebUiStage.PathAsync(terminated));
        await page.ActAsync("More Actions", "terminate-button");
        await page.FillAsync("#workflow-termination-reason", "enough of it");
        await page.ConfirmAsync();
        await page.SeesAsync("enough of it");
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await terminated.DescribeAsync()).Status);
    });

    [WebUiFact]
    public Task A_schedule_is_created_paused_triggered_and_deleted() => stage.WalkAsync(async page =>
    {
        var id = $"schedule-{Guid.NewGuid()}";
        await page.GoAsync($"{Schedules}/create");
        await page.FillAsync("#name", id);
        await page.FillAsync("#workflowType", "Order");
        await page.FillAsync("#workflowId", $"{id}-run");
        await page.FillAsync("#taskQueue", stage.Queue);
        await page.FillAsync(".cm-content", "\"quick\"");
        await page.ClickAsync("Every hour");
        await page.ClickAsync("create-schedule-button");
        await page.SeesAsync("Every hour every day");
        await page.SeesAsync(id);

        await page.ClickAsync(id);
        await page.SeesAsync("5 Upcoming Runs");
        await page.ClickAsync("Pause");
        await page.FillAsync("#pause-reason", "lunch");
        await page.ConfirmAsync();
        await page.ClickAsync("Unpause");
        await page.FillAsync("#pause-reason", "back");
        await page.ConfirmAsync();
        await page.SeesAsync("Running");

        await page.ActAsync("Schedule Actions", "trigger-schedule");
        await page.ConfirmAsync();
        await page.SeesAsync("1 Recent Run");
        await page.SeesAsync($"{id}-run-");
        await page.ActAsync("Schedule Actions", "delete-schedule");
        await page.ConfirmAsync();
        await page.UntilAsync($"location.pathname === '{Schedules}'", "the list of schedules");
        await page.SeesNoMoreAsync(id);
    });
}
