using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>What leaves the workflow's scheduler fails its task at once, with a sentence that says what to use instead.</summary>
public sealed class StrayTaskTests
{
    public static TheoryData<string, string> Offences => new()
    {
        { nameof(Offence.TaskRun), "Workflow.RunTaskAsync" },
        { nameof(Offence.CancelAsync), "CancellationTokenSource.Cancel" },
        { nameof(Offence.TaskDelay), "Workflow.DelayAsync" },
        { nameof(Offence.CancelAfter), "Workflow.DelayAsync" },
        { nameof(Offence.WaitAsyncTimeout), "Workflow.WaitConditionAsync" },
        { nameof(Offence.ConfigureAwaitFalse), "leave ConfigureAwait out" },
        { nameof(Offence.ConfigureAwaitFalseOnTimer), "leave ConfigureAwait out" },
    };

    [LiveTheory]
    [MemberData(nameof(Offences))]
    public async Task What_leaves_the_scheduler_fails_the_task_with_advice(string offence, string advice) =>
        await Live.RunAsync(Caching.On, options => options.AddWorkflow<Straying>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Straying w) => w.RunAsync(Enum.Parse<Offence>(offence)), queue.New());

            var failure = await TaskFailure.FirstAsync(handle);
            await handle.TerminateAsync();

            Assert.Contains(advice, failure.Message);
            Assert.Equal("InvalidWorkflowSchedulerException", failure.ApplicationFailureInfo.Type);
            if (!offence.StartsWith(nameof(Offence.ConfigureAwaitFalse), StringComparison.Ordinal))
            {
                // A continuation leaves when what it awaits ends: who awaited is not on that stack.
                Assert.Contains(nameof(Straying), failure.StackTrace);
            }
        });

    [LiveTheory]
    [BothCachings]
    public async Task Tasks_that_stay_on_the_scheduler_are_nobodys_business(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Staying>(), async queue =>
            Assert.Equal("run yield both any logged unsafe", await queue.Client.ExecuteWorkflowAsync((Staying w) => w.RunAsync(), queue.New())));

    [LiveTheory]
    [BothCachings]
    public async Task A_worker_may_be_told_not_to_look(Caching caching) =>
        await Live.RunAsync(
            caching,
            options =>
            {
                options.DisableWorkflowTracingEventListener = true;
                options.AddWorkflow<Straying>();
            },
            async queue => await queue.Client.ExecuteWorkflowAsync((Straying w) => w.RunAsync(Offence.TaskRunWithoutAwait), queue.New()));

    public enum Offence
    {
        TaskRun,
        TaskRunWithoutAwait,
        CancelAsync,
        TaskDelay,
        CancelAfter,
        WaitAsyncTimeout,
        ConfigureAwaitFalse,
        ConfigureAwaitFalseOnTimer,
    }
    [Workflow]
    public sealed class Straying
    {
        [WorkflowRun]
        public async Task RunAsync(Offence offence)
        {
            using var source = new CancellationTokenSource();
            switch (offence)
            {
                case Offence.TaskRun:
                    await Task.Run(() => { });
                    break;
                case Offence.TaskRunWithoutAwait:
                    _ = Task.Run(() => { });
                    break;
                case Offence.CancelAsync:
                    using (source.Token.Register(() => { }))
                    {
                        await source.CancelAsync();
                    }

                    break;
                case Offence.TaskDelay:
                    await Task.Delay(TimeSpan.FromHours(1));
                    break;
                case Offence.CancelAfter:
                    source.CancelAfter(TimeSpan.FromHours(1));
                    break;
                case Offence.WaitAsyncTimeout:
                    await new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromHours(1));
                    break;
                case Offence.ConfigureAwaitFalse:
                    await Task.WhenAll(Workflow.DelayAsync(1), Task.CompletedTask).ConfigureAwait(false);
                    break;
                case Offence.ConfigureAwaitFalseOnTimer:
                    await Workflow.DelayAsync(1).ConfigureAwait(false);
                    break;
            }
        }
    }

    [Workflow]
    public sealed class Staying
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var done = new List<string> { await Workflow.RunTaskAsync(() => Task.FromResult("run")) };
            await Task.Yield();
            done.Add("yield");
            await Workflow.WhenAllAsync(Workflow.DelayAsync(1), Workflow.DelayAsync(2));
            done.Add("both");
            await Workflow.WhenAnyAsync(OneAsync(), OneAsync(), OneAsync());
            done.Add("any");
            Workflow.Logger.LogInformation("A logger may write in the background");
            done.Add("logged");
            Workflow.Unsafe.WithTracingEventListenerDisabled(() => { _ = Task.Run(() => { }); });
            done.Add("unsafe");
            return string.Join(' ', done);
        }

        private static async Task<int> OneAsync()
        {
            await Workflow.DelayAsync(1);
            return 1;
        }
    }
}
