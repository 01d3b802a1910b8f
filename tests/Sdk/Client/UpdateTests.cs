using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Sdk.Client;

public sealed class UpdateTests
{
    private readonly string _id = "update-" + Guid.NewGuid();

    [LiveFact]
    public async Task An_update_is_executed_started_and_found_again_by_its_id()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        await worker.CommandAsync();

        var executed = handle.ExecuteUpdateAsync(workflow => workflow.WeighAsync(2));
        await worker.AnswerUpdateAsync(24);
        Assert.Equal(24, await executed);

        var starting = handle.StartUpdateAsync(workflow => workflow.WeighAsync(3), new("third", WorkflowUpdateStage.Accepted));
        await worker.AnswerUpdateAsync(36);
        var started = await starting;
        Assert.Equal("third", started.Id);
        Assert.Equal(36, await started.GetResultAsync());
        Assert.Equal(36, await handle.GetUpdateHandle<int>("third").GetResultAsync());
        await handle.TerminateAsync();
    }

    [LiveFact]
    public async Task A_rejected_update_says_why()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        await worker.CommandAsync();

        var executed = handle.ExecuteUpdateAsync<int>("Weigh", [1]);
        await worker.RejectUpdateAsync("too heavy");

        var rejection = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => executed);
        Assert.Equal("too heavy", rejection.InnerException?.Message);
        await handle.TerminateAsync();
    }

    [LiveFact]
    public async Task A_wait_that_ends_before_the_update_says_so()
    {
        var client = await LiveServer.ConnectAsync();
        var handle = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAsync<WorkflowUpdateRpcTimeoutOrCanceledException>(
            () => handle.ExecuteUpdateAsync(workflow => workflow.WeighAsync(1), new() { Rpc = new() { Timeout = TimeSpan.FromMilliseconds(300) } }));
        await Assert.ThrowsAsync<WorkflowUpdateRpcTimeoutOrCanceledException>(
            () => handle.ExecuteUpdateAsync(workflow => workflow.WeighAsync(1), new() { Rpc = new() { CancellationToken = giveUp.Token } }));
        await handle.TerminateAsync();
    }

    [LiveFact]
    public async Task An_update_with_start_starts_the_workflow_once_and_updates_it_each_time()
    {
        var client = await LiveServer.ConnectAsync();
        var worker = new HandWorker(client, _id);
        var start = Start(WorkflowIdConflictPolicy.UseExisting);
        var executed = client.ExecuteUpdateWithStartWorkflowAsync((IShipWorkflow workflow) => workflow.WeighAsync(2), new(start));
        await worker.AnswerUpdateAsync(24);
        Assert.Equal(24, await executed);
        var first = await start.GetHandleAsync();

        var again = Start(WorkflowIdConflictPolicy.UseExisting);
        var second = client.StartUpdateWithStartWorkflowAsync(
            (IShipWorkflow workflow) => workflow.WeighAsync(3), new(again, WorkflowUpdateStage.Accepted));
        await worker.AnswerUpdateAsync(36);
        Assert.Equal(36, await (await second).GetResultAsync());
        Assert.Equal(first.ResultRunId, (await again.GetHandleAsync()).ResultRunId);

        await Assert.ThrowsAsync<ArgumentException>(
            () => client.ExecuteUpdateWithStartWorkflowAsync((IShipWorkflow workflow) => workflow.WeighAsync(1), new(again)));
        await first.TerminateAsync();
    }

    [LiveFact]
    public async Task An_update_with_start_that_may_not_use_a_running_workflow_is_refused()
    {
        var client = await LiveServer.ConnectAsync();
        var running = await client.StartWorkflowAsync((IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id));
        var start = Start(WorkflowIdConflictPolicy.Fail);

        var refused = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => client.ExecuteUpdateWithStartWorkflowAsync((IShipWorkflow workflow) => workflow.WeighAsync(1), new(start)));

        Assert.Equal(running.ResultRunId, refused.RunId);
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() => start.GetHandleAsync());
        await running.TerminateAsync();
    }

    [LiveFact]
    public async Task A_start_that_cannot_go_with_an_update_is_refused_before_it_is_sent()
    {
        var client = await LiveServer.ConnectAsync();

        var noPolicy = Start(WorkflowIdConflictPolicy.Unspecified);
        var withSignal = Start(WorkflowIdConflictPolicy.Fail);
        withSignal.Options.SignalWithStart("s", []);

        Assert.Contains("IdConflictPolicy", (await RefusedAsync(noPolicy)).Message);
        Assert.Contains("StartSignal", (await RefusedAsync(withSignal)).Message);

        Task<ArgumentException> RefusedAsync(WithStartWorkflowOperation start) => Assert.ThrowsAsync<ArgumentException>(
            () => client.ExecuteUpdateWithStartWorkflowAsync((IShipWorkflow workflow) => workflow.WeighAsync(1), new(start)));
    }

    private WithStartWorkflowOperation<WorkflowHandle<IShipWorkflow, string>> Start(WorkflowIdConflictPolicy conflict) =>
        WithStartWorkflowOperation.Create(
            (IShipWorkflow workflow) => workflow.RunAsync("x"), new(_id, _id) { IdConflictPolicy = conflict });
}
