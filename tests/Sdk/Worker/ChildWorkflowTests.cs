using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class ChildWorkflowTests
{
    [LiveTheory]
    [BothCachings]
    public async Task A_parent_starts_signals_and_awaits_its_child(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Parent>().AddWorkflow<Child>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Parent w) => w.RunAsync("signal"), queue.New());

            Assert.Equal("child of True got hello", await handle.GetResultAsync());
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_failed_child_carries_its_failure_to_the_parent(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Parent>().AddWorkflow<Child>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Parent w) => w.RunAsync("fail"), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            var child = Assert.IsType<ChildWorkflowFailureException>(failed.InnerException);
            Assert.Equal("Child", child.WorkflowType);
            Assert.Equal("child failed", child.InnerException?.Message);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_child_with_an_id_in_use_is_not_started(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Parent>().AddWorkflow<Child>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Parent w) => w.RunAsync("same id"), queue.New());

            Assert.Equal("already started", await handle.GetResultAsync());
        });

    [LiveTheory]
    [InlineData(Caching.On, ChildWorkflowCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.Off, ChildWorkflowCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.On, ChildWorkflowCancellationType.TryCancel)]
    [InlineData(Caching.Off, ChildWorkflowCancellationType.Abandon)]
    public async Task A_cancelled_child_ends_the_wait_of_its_parent(Caching caching, ChildWorkflowCancellationType type) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<CancellingParent>().AddWorkflow<Child>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((CancellingParent w) => w.RunAsync(type), queue.New());

            Assert.Equal(nameof(CanceledFailureException), await handle.GetResultAsync());
        });

    [LiveTheory]
    [BothCachings]
    public async Task Any_workflow_can_be_signalled_and_cancelled_by_id(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Caller>().AddWorkflow<Child>(), async queue =>
        {
            var other = await queue.Client.StartWorkflowAsync((Child w) => w.RunAsync("wait"), queue.New());

            Assert.Equal("no workflow", await queue.Client.ExecuteWorkflowAsync((Caller w) => w.RunAsync(other.Id), queue.New()));

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => other.GetResultAsync());
            Assert.IsType<CanceledFailureException>(failed.InnerException);
        });

    [Workflow]
    public sealed class Child
    {
        private string? _heard;

        [WorkflowRun]
        public async Task<string> RunAsync(string how)
        {
            if (how == "fail")
            {
                throw new ApplicationFailureException("child failed");
            }

            await Workflow.WaitConditionAsync(() => _heard == "hello");
            if (how == "wait")
            {
                await Workflow.WaitConditionAsync(() => false);
            }

            return $"child of {Workflow.Info.Parent != null} got {_heard}";
        }

        [WorkflowSignal]
        public Task HearAsync(string text)
        {
            _heard = text;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public sealed class Parent
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string how)
        {
            switch (how)
            {
                case "signal":
                    var child = await Workflow.StartChildWorkflowAsync((Child w) => w.RunAsync("signal"), new() { StaticSummary = "the child" });
                    await child.SignalAsync(w => w.HearAsync("hello"));
                    return await child.GetResultAsync();
                case "fail":
                    return await Workflow.ExecuteChildWorkflowAsync((Child w) => w.RunAsync("fail"));
                default:
                    var id = $"{Workflow.Info.WorkflowId}-child";
                    await Workflow.StartChildWorkflowAsync((Child w) => w.RunAsync("wait"), new() { Id = id });
                    try
                    {
                        await Workflow.StartChildWorkflowAsync((Child w) => w.RunAsync("wait"), new() { Id = id });
                        return "started twice";
                    }
                    catch (WorkflowAlreadyStartedException)
                    {
                        return "already started";
                    }
            }
        }
    }

    [Workflow]
    public sealed class CancellingParent
    {
        [WorkflowRun]
        public async Task<string> RunAsync(ChildWorkflowCancellationType type)
        {
            using var stop = new CancellationTokenSource();
            var child = await Workflow.StartChildWorkflowAsync(
                (Child w) => w.RunAsync("wait"), new() { CancellationToken = stop.Token, CancellationType = type });
            await child.SignalAsync(w => w.HearAsync("something else"));
            stop.Cancel();
            try
            {
                return await child.GetResultAsync();
            }
            catch (ChildWorkflowFailureException e)
            {
                return e.InnerException!.GetType().Name;
            }
        }
    }

    [Workflow]
    public sealed class Caller
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string other)
        {
            var handle = Workflow.GetExternalWorkflowHandle<Child>(other);
            await handle.SignalAsync(w => w.HearAsync("hello"));
            await handle.CancelAsync();
            try
            {
                await Workflow.GetExternalWorkflowHandle($"nobody-{Workflow.NewGuid()}").SignalAsync("any", []);
                return "signalled nobody";
            }
            catch (FailureException)
            {
                return "no workflow";
            }
        }
    }
}
