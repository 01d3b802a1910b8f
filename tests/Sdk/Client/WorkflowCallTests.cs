using Orchestrator.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Sdk.Client;

public sealed class WorkflowCallTests
{
    private readonly string _id = "client-" + Guid.NewGuid();

    [LiveFact]
    public async Task A_workflow_is_started_with_all_that_its_options_say_and_described_so()
    {
        var client = await LiveServer.ConnectAsync();
        var plan = SearchAttributeKey.CreateKeyword("CustomKeywordField");

        var handle = await client.StartWorkflowAsync(
            (IShipWorkflow workflow) => workflow.RunAsync("crate"),
            new(_id, _id)
            {
                StaticSummary = "one line",
                StaticDetails = "many lines",
                Memo = new Dictionary<string, object> { ["weight"] = 12 },
                TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(plan, "p").ToSearchAttributeCollection(),
                RunTimeout = TimeSpan.FromMinutes(5),
                RetryPolicy = new() { MaximumAttempts = 3 },
            });
        var description = await handle.DescribeAsync();

        Assert.Equal(handle.ResultRunId, description.RunId);
        Assert.Equal("ShipWorkflow", description.WorkflowType);
        Assert.Equal(WorkflowExecutionStatus.Running, description.Status);
        Assert.Equal("one line", description.StaticSummary);
        Assert.Equal("many lines", description.StaticDetails);
        Assert.Equal(12, await description.Memo["weight"].ToValueAsync<int>());
        Assert.Equal("p", description.TypedSearchAttributes.Get(plan));
        var started = (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
        Assert.Equal(3, started.RetryPolicy.MaximumAttempts);
        Assert.Equal(TimeSpan.FromMinutes(5), started.WorkflowRunTimeout.ToTimeSpan());
        await handle.TerminateAsync();
    }

    [LiveFact]
    public async Task A_result_is_waited_for_across_runs_unless_one_run_is_wanted()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        var result = handle.GetResultAsync();

        await worker.CommandAsync(worker.ContinueAsNew("ShipWorkflow"));
        await worker.CommandAsync(HandWorker.Complete("shipped"));

        Assert.Equal("shipped", await result);
        var ofFirstRun = await Assert.ThrowsAsync<WorkflowContinuedAsNewException>(() => handle.GetResultAsync(followRuns: false));
        Assert.Equal("shipped", await client.GetWorkflowHandle<IShipWorkflow, string>(_id, ofFirstRun.NewRunId).GetResultAsync());
    }

    [LiveFact]
    public async Task Each_way_to_end_without_a_result_has_its_exception()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);

        var failed = await StartAsync(client, "failed");
        await worker.CommandAsync(HandWorker.Fail("broken"));
        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => failed.GetResultAsync());
        Assert.Equal("ByHand", Assert.IsType<ApplicationFailureException>(failure.InnerException).ErrorType);

        var cancelled = await StartAsync(client, "cancelled");
        await cancelled.CancelAsync();
        await worker.CommandAsync(HandWorker.Cancel());
        Assert.IsType<CanceledFailureException>((await Assert.ThrowsAsync<WorkflowFailedException>(() => cancelled.GetResultAsync())).InnerException);

        var terminated = await StartAsync(client, "terminated");
        await terminated.TerminateAsync("enough", new() { Details = ["because"] });
        var termination = Assert.IsType<TerminatedFailureException>(
            (await Assert.ThrowsAsync<WorkflowFailedException>(() => terminated.GetResultAsync())).InnerException);
        Assert.Equal("enough", termination.Message);
        Assert.Equal("because", termination.Details?.ElementAt<string>(0));

        var timedOut = await StartAsync(client, "timed-out", options => options.RunTimeout = TimeSpan.FromSeconds(1));
        Assert.IsType<TimeoutFailureException>((await Assert.ThrowsAsync<WorkflowFailedException>(() => timedOut.GetResultAsync())).InnerException);
    }

    [LiveFact]
    public async Task A_running_id_is_refused_and_says_which_run_has_it()
    {
        var client = await LiveServer.ConnectAsync();
        var first = await StartAsync(client, "taken");

        var refused = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() => StartAsync(client, "taken"));
        var existing = await StartAsync(client, "taken", options => options.IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting);

        Assert.Equal(first.Id, refused.WorkflowId);
        Assert.Equal(first.ResultRunId, refused.RunId);
        Assert.Equal("ShipWorkflow", refused.WorkflowType);
        Assert.Equal(first.ResultRunId, existing.ResultRunId);
        await first.TerminateAsync();
    }

    [LiveFact]
    public async Task Signals_reach_a_workflow_by_expression_by_name_and_together_with_its_start()
    {
        var client = await LiveServer.ConnectAsync();
        var options = new WorkflowOptions(_id, _id);
        options.SignalWithStart((IShipWorkflow workflow) => workflow.LoadAsync("first", 1));
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), options);

        await handle.SignalAsync(workflow => workflow.LoadAsync("second", 2));
        await handle.SignalAsync("Anything", [3]);

        var signals = (await handle.FetchHistoryAsync()).Events
            .Where(e => e.EventType == EventType.WorkflowExecutionSignaled)
            .Select(e => e.WorkflowExecutionSignaledEventAttributes)
            .Select(s => s.SignalName + string.Concat(s.Input.Payloads_.Select(p => " " + p.Data.ToStringUtf8())));
        Assert.Equal(["Load \"first\" 1", "Load \"second\" 2", "Anything 3"], signals);
        await handle.TerminateAsync();
    }

    [LiveFact]
    public async Task Queries_answer_fail_or_are_rejected()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        await worker.CommandAsync(HandWorker.Complete("done"));

        var answered = handle.QueryAsync(workflow => workflow.Weight);
        await worker.AnswerQueryAsync(12);
        Assert.Equal(12, await answered);

        var failed = handle.QueryAsync(workflow => workflow.Contents("all"));
        await worker.AnswerQueryAsync(null, error: "empty");
        Assert.Contains("empty", (await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => failed)).Message);

        var rejected = await Assert.ThrowsAsync<WorkflowQueryRejectedException>(
            () => handle.QueryAsync(workflow => workflow.Weight, new() { RejectCondition = QueryRejectCondition.NotOpen }));
        Assert.Equal(WorkflowExecutionStatus.Completed, rejected.WorkflowStatus);
    }

    [LiveFact]
    public async Task History_comes_page_by_page_and_event_by_event()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        var seen = new List<EventType>();
        var reading = ReadAsync();

        await worker.CommandAsync(HandWorker.Complete("done"));
        await reading;

        Assert.Equal(EventType.WorkflowExecutionCompleted, seen[^1]);
        Assert.Equal(seen, (await handle.FetchHistoryAsync()).Events.Select(e => e.EventType));

        async Task ReadAsync()
        {
            await foreach (var recorded in handle.FetchHistoryEventsAsync(new() { WaitNewEvent = true }))
            {
                seen.Add(recorded.EventType);
            }
        }
    }

    [LiveFact]
    public async Task Workflows_are_listed_and_counted()
    {
        var client = await LiveServer.ConnectAsync();
        var group = _id;
        for (var i = 0; i < 3; i++)
        {
            await StartAsync(client, $"listed-{i}", options => options.TypedSearchAttributes = new SearchAttributeCollection.Builder()
                .Set(SearchAttributeKey.CreateKeyword("CustomKeywordField"), group).ToSearchAttributeCollection());
        }

        var query = $"CustomKeywordField = '{group}'";
        await Eventually.EqualAsync(3L, async () => (await client.CountWorkflowsAsync(query)).Count);
        Assert.Equal(3, (await client.ListWorkflowsAsync(query).ToListAsync()).Count);
        Assert.Equal(2, (await client.ListWorkflowsAsync(query, new() { Limit = 2 }).ToListAsync()).Count);
        var firstPage = await client.ListWorkflowsPaginatedAsync(query, null, new() { PageSize = 2 });
        var lastPage = await client.ListWorkflowsPaginatedAsync(query, firstPage.NextPageToken, new() { PageSize = 2 });
        Assert.Equal(3, firstPage.Workflows.Concat(lastPage.Workflows).Select(w => w.Id).Distinct().Count());
        var byStatus = Assert.Single((await client.CountWorkflowsAsync(query + " GROUP BY ExecutionStatus")).Groups);
        Assert.Equal((3L, "Running"), (byStatus.Count, Assert.Single(byStatus.GroupValues)));
    }

    private Task<WorkflowHandle<IShipWorkflow, string>> StartAsync(
        TemporalClient client, string name, Action<WorkflowOptions>? configure = null)
    {
        var options = new WorkflowOptions($"{_id}-{name}", _id);
        configure?.Invoke(options);
        return client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), options);
    }
}
