using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>What becomes of handlers that still run when their workflow ends.</summary>
public sealed class HandlerEndTests
{
    private const string Warning = "TMPRL1102";

    [LiveTheory]
    [InlineData(Caching.On, "Warn", true)]
    [InlineData(Caching.Off, "Warn", true)]
    [InlineData(Caching.On, "Quiet", false)]
    [InlineData(Caching.Off, "Quiet", false)]
    public async Task An_unfinished_signal_handler_is_warned_of_unless_its_policy_says_otherwise(Caching caching, string signal, bool warned)
    {
        var log = new KeptLog();
        await Live.RunAsync(caching, Logging(log), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Leaving w) => w.RunAsync(), queue.New());
            await handle.SignalAsync(signal, []);
            await handle.SignalAsync(w => w.EndAsync(Ending.Now));
            await handle.GetResultAsync();
        });

        Assert.Equal(warned ? 1 : 0, log.Lines.Count(line => line.Contains(Warning)));
        Assert.All(log.Lines.Where(line => line.Contains(Warning)), line => Assert.Contains("signal Warn", line));
    }

    [LiveTheory]
    [BothCachings]
    public async Task A_workflow_may_wait_until_all_handlers_have_finished(Caching caching)
    {
        var log = new KeptLog();
        await Live.RunAsync(caching, Logging(log), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Leaving w) => w.RunAsync(), queue.New());
            await handle.SignalAsync("Short", []);
            await handle.SignalAsync(w => w.EndAsync(Ending.AfterHandlers));
            Assert.Equal("short finished", await handle.GetResultAsync());
        });

        Assert.DoesNotContain(log.Lines, line => line.Contains(Warning));
    }

    [LiveTheory]
    [BothCachings]
    public async Task The_caller_of_an_unfinished_update_learns_that_the_workflow_has_ended(Caching caching)
    {
        var log = new KeptLog();
        await Live.RunAsync(caching, Logging(log), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Leaving w) => w.RunAsync(), queue.New());
            var update = await handle.StartUpdateAsync(w => w.SlowAsync(), new("slow-1", WorkflowUpdateStage.Accepted));
            await handle.SignalAsync(w => w.EndAsync(Ending.Now));
            await handle.GetResultAsync();

            var failed = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => update.GetResultAsync());
            Assert.Equal("AcceptedUpdateCompletedWorkflow", Assert.IsType<ApplicationFailureException>(failed.InnerException).ErrorType);
        });

        Assert.Contains(log.Lines, line => line.Contains(Warning) && line.Contains("update Slow (slow-1)"));
    }

    [LiveTheory]
    [BothCachings]
    public async Task A_failed_workflow_is_told_of_as_failed_and_of_nothing_else(Caching caching)
    {
        var log = new KeptLog();
        await Live.RunAsync(caching, Logging(log), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Leaving w) => w.RunAsync(), queue.New());
            await handle.SignalAsync("Warn", []);
            await handle.SignalAsync(w => w.EndAsync(Ending.Failed));
            await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
        });

        Assert.DoesNotContain(log.Lines, line => line.Contains(Warning));
    }

    private static Action<Temporalio.Worker.TemporalWorkerOptions> Logging(KeptLog log) => options =>
    {
        options.LoggerFactory = log;
        options.AddWorkflow<Leaving>();
    };

    public enum Ending
    {
        Now,
        AfterHandlers,
        Failed,
    }

    [Workflow]
    public sealed class Leaving
    {
        private Ending? _ending;
        private string _seen = "nothing";

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _ending != null && (_ending != Ending.AfterHandlers || Workflow.AllHandlersFinished));
            return _ending == Ending.Failed ? throw new ApplicationFailureException("failed") : _seen;
        }

        [WorkflowSignal]
        public Task EndAsync(Ending ending)
        {
            _ending = ending;
            return Task.CompletedTask;
        }

        [WorkflowSignal]
        public Task WarnAsync() => Workflow.DelayAsync(TimeSpan.FromHours(1));

        [WorkflowSignal(UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)]
        public Task QuietAsync() => Workflow.DelayAsync(TimeSpan.FromHours(1));

        [WorkflowSignal]
        public async Task ShortAsync()
        {
            await Workflow.DelayAsync(50);
            _seen = "short finished";
        }

        [WorkflowUpdate]
        public Task SlowAsync() => Workflow.DelayAsync(TimeSpan.FromHours(1));
    }
}
