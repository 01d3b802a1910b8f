using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

[Support.TakesSeconds(15)]
public sealed class LocalActivityTests
{
    [LiveTheory]
    [BothCachings]
    public async Task A_short_wait_before_a_retry_stays_in_the_worker(Caching caching) =>
        await Live.RunAsync(caching, Configure(new Desk(failures: 2)), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Office w) => w.RunAsync(Wait.InPlace), queue.New());

            Assert.Equal("attempt 3", await handle.GetResultAsync());
            var history = await handle.FetchHistoryAsync();
            Assert.Single(history.Events, e => e.EventType == EventType.MarkerRecorded);
            Assert.DoesNotContain(history.Events, e => e.EventType == EventType.TimerStarted);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_long_wait_before_a_retry_becomes_a_timer_and_the_attempts_go_on_counting(Caching caching) =>
        await Live.RunAsync(caching, Configure(new Desk(failures: 2)), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Office w) => w.RunAsync(Wait.AsTimer), queue.New());

            Assert.Equal("attempt 3", await handle.GetResultAsync());
            var history = await handle.FetchHistoryAsync();
            Assert.Equal(2, history.Events.Count(e => e.EventType == EventType.TimerFired));
            Assert.Equal(3, history.Events.Count(e => e.EventType == EventType.MarkerRecorded));
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_failure_that_may_not_be_retried_reaches_the_workflow(Caching caching) =>
        await Live.RunAsync(caching, Configure(new Desk(failures: 0)), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Office w) => w.RunAsync(Wait.Never), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            // Unlike that of another activity it is not wrapped: the core gives it as it was thrown.
            var refusal = Assert.IsType<ApplicationFailureException>(failed.InnerException);
            Assert.Equal("refused", refusal.Message);
        });

    [LiveTheory]
    [InlineData(Caching.On, ActivityCancellationType.TryCancel)]
    [InlineData(Caching.Off, ActivityCancellationType.TryCancel)]
    [InlineData(Caching.On, ActivityCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.Off, ActivityCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.On, ActivityCancellationType.Abandon)]
    [InlineData(Caching.Off, ActivityCancellationType.Abandon)]
    public async Task A_cancelled_local_activity_is_told_according_to_the_cancellation_type(Caching caching, ActivityCancellationType type)
    {
        var desk = new Desk(failures: 0);
        await Live.RunAsync(caching, Configure(desk), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Leaving w) => w.RunAsync(type), ShortTasks(queue));

            Assert.Equal(nameof(CanceledFailureException), await handle.GetResultAsync());
            // Where the workflow did not wait, its end may have reached the activity meanwhile.
            Assert.True(type != ActivityCancellationType.WaitCancellationCompleted || desk.Cancelled.Task.IsCompleted);
        });
    }

    [LiveTheory]
    [BothCachings]
    public async Task While_a_long_local_activity_runs_the_workflow_task_is_kept_alive(Caching caching)
    {
        var desk = new Desk(failures: 0);
        await Live.RunAsync(caching, Configure(desk), async queue =>
        {
            var options = queue.New();
            // The worker asks for more time when four fifths are over, by completing the task.
            options.TaskTimeout = TimeSpan.FromSeconds(1.5);
            var handle = await queue.Client.StartWorkflowAsync((Office w) => w.RunAsync(null), options);

            await Support.Eventually.EqualAsync(true, async () =>
                (await handle.FetchHistoryAsync()).Events.Count(e => e.EventType == EventType.WorkflowTaskCompleted) >= 2);
            desk.Released.TrySetResult();

            Assert.Equal("released", await handle.GetResultAsync());
        });
    }

    // While local activities run, other commands wait until most of the task's time is over.
    private static WorkflowOptions ShortTasks(LiveQueue queue)
    {
        var options = queue.New();
        options.TaskTimeout = TimeSpan.FromSeconds(1);
        return options;
    }

    private static Action<Temporalio.Worker.TemporalWorkerOptions> Configure(Desk desk) =>
        options => options.AddWorkflow<Office>().AddWorkflow<Leaving>().AddAllActivities(desk);

    public enum Wait
    {
        InPlace,
        AsTimer,
        Never,
    }

    public sealed class Desk(int failures)
    {
        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Activity]
        public string Stamp()
        {
            var info = ActivityExecutionContext.Current.Info;
            Assert.True(info.IsLocal);
            return info.Attempt > failures ? $"attempt {info.Attempt}" : throw new InvalidOperationException("out of ink");
        }

        [Activity]
        public void Refuse() => throw new ApplicationFailureException("refused", nonRetryable: true);

        [Activity]
        public async Task<string> WaitAsync()
        {
            var token = ActivityExecutionContext.Current.CancellationToken;
            try
            {
                await Released.Task.WaitAsync(token);
                return "released";
            }
            catch (OperationCanceledException)
            {
                Cancelled.TrySetResult();
                throw;
            }
        }
    }

    [Workflow]
    public sealed class Office
    {
        [WorkflowRun]
        public async Task<string> RunAsync(Wait? wait) => wait is { } how ? await StampAsync(how) : await RestAsync();

        private static async Task<string> RestAsync() =>
            await Workflow.ExecuteLocalActivityAsync((Desk desk) => desk.WaitAsync(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(30) });

        private static async Task<string> StampAsync(Wait wait)
        {
            var options = new LocalActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(5) };
            if (wait == Wait.Never)
            {
                await Workflow.ExecuteLocalActivityAsync((Desk desk) => desk.Refuse(), options);
            }

            options.RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromMilliseconds(20), BackoffCoefficient = 1 };
            options.LocalRetryThreshold = wait == Wait.InPlace ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(1);
            return await Workflow.ExecuteLocalActivityAsync((Desk desk) => desk.Stamp(), options);
        }
    }

    [Workflow]
    public sealed class Leaving
    {
        [WorkflowRun]
        public async Task<string> RunAsync(ActivityCancellationType type)
        {
            using var leave = new CancellationTokenSource();
            var waiting = Workflow.ExecuteLocalActivityAsync(
                (Desk desk) => desk.WaitAsync(),
                new() { StartToCloseTimeout = TimeSpan.FromSeconds(30), CancellationType = type, CancellationToken = leave.Token });
            await Workflow.DelayAsync(10);
            leave.Cancel();
            try
            {
                await waiting;
                return "not cancelled";
            }
            catch (ActivityFailureException e)
            {
                return e.InnerException!.GetType().Name;
            }
        }
    }
}
