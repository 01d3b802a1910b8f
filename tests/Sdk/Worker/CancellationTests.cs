using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class CancellationTests
{
    [LiveTheory]
    [BothCachings]
    public async Task A_cancelled_timer_cancels_the_workflow(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Sleeper>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Sleeper w) => w.RunAsync(), queue.New());
            await handle.ExecuteUpdateAsync(w => w.TouchAsync());

            await handle.CancelAsync();

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<CanceledFailureException>(failed.InnerException);
            var history = await handle.FetchHistoryAsync();
            Assert.Single(history.Events, e => e.EventType == EventType.TimerCanceled);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_cancelled_workflow_can_clean_up_with_a_token_of_its_own(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Careful>().AddAllActivities(new Patient()),
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Careful w) => w.RunAsync(), queue.New());
                await handle.ExecuteUpdateAsync(w => w.TouchAsync());

                await handle.CancelAsync();

                Assert.Equal("cleaned up", await handle.GetResultAsync());
            });

    [LiveTheory]
    [InlineData(Caching.On, ActivityCancellationType.TryCancel)]
    [InlineData(Caching.Off, ActivityCancellationType.TryCancel)]
    [InlineData(Caching.On, ActivityCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.Off, ActivityCancellationType.WaitCancellationCompleted)]
    [InlineData(Caching.On, ActivityCancellationType.Abandon)]
    [InlineData(Caching.Off, ActivityCancellationType.Abandon)]
    public async Task A_cancelled_activity_is_told_according_to_the_cancellation_type(Caching caching, ActivityCancellationType type)
    {
        var patient = new Patient();
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Impatient>().AddAllActivities(patient),
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Impatient w) => w.RunAsync(type), queue.New());
                await patient.Started.Task;

                await handle.SignalAsync(w => w.StopAsync());

                var ending = await handle.GetResultAsync();
                Assert.Equal(type == ActivityCancellationType.WaitCancellationCompleted, patient.Reason.Task.IsCompleted);
                Assert.Equal(nameof(CanceledFailureException), ending);
            });
        // Where the workflow did not wait, its end or the worker's may reach the activity before the request does.
        ActivityCancelReason[] possible = type switch
        {
            ActivityCancellationType.WaitCancellationCompleted => [ActivityCancelReason.CancelRequested],
            ActivityCancellationType.TryCancel => [ActivityCancelReason.CancelRequested, ActivityCancelReason.GoneFromServer, ActivityCancelReason.WorkerShutdown],
            _ => [ActivityCancelReason.GoneFromServer, ActivityCancelReason.WorkerShutdown],
        };
        Assert.Contains(await patient.Reason.Task, possible);
    }

    [LiveTheory]
    [BothCachings]
    public async Task Whatever_is_scheduled_with_a_cancelled_token_is_not_scheduled(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<TooLate>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((TooLate w) => w.RunAsync(), queue.New());

            Assert.Equal(["activity", "local activity", "child", "signal", "timer", "condition"], await handle.GetResultAsync());
            var history = await handle.FetchHistoryAsync();
            Assert.DoesNotContain(history.Events, e => e.EventType is EventType.ActivityTaskScheduled or EventType.TimerStarted or EventType.StartChildWorkflowExecutionInitiated);
        });

    public sealed class Patient
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ActivityCancelReason> Reason { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Activity]
        public async Task WaitAsync()
        {
            var context = ActivityExecutionContext.Current;
            Started.TrySetResult();
            try
            {
                while (true)
                {
                    context.Heartbeat();
                    await Task.Delay(10, context.CancellationToken);
                }
            }
            finally
            {
                Reason.TrySetResult(context.CancelReason);
            }
        }

        [Activity]
        public string CleanUp() => "cleaned up";
    }

    [Workflow]
    public sealed class Sleeper
    {
        [WorkflowRun]
        public async Task RunAsync() => await Workflow.DelayAsync(TimeSpan.FromHours(1));

        [WorkflowUpdate]
        public Task TouchAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class Careful
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            try
            {
                await Workflow.WaitConditionAsync(() => false);
                return "not cancelled";
            }
            catch (Exception e) when (TemporalException.IsCanceledException(e))
            {
                using var detached = new CancellationTokenSource();
                return await Workflow.ExecuteActivityAsync(
                    (Patient a) => a.CleanUp(),
                    new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), CancellationToken = detached.Token });
            }
        }

        [WorkflowUpdate]
        public Task TouchAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class Impatient
    {
        private readonly CancellationTokenSource _stop = new();

        [WorkflowRun]
        public async Task<string> RunAsync(ActivityCancellationType type)
        {
            try
            {
                await Workflow.ExecuteActivityAsync(
                    (Patient a) => a.WaitAsync(),
                    new()
                    {
                        StartToCloseTimeout = TimeSpan.FromSeconds(30),
                        HeartbeatTimeout = TimeSpan.FromMilliseconds(500),
                        CancellationType = type,
                        CancellationToken = _stop.Token,
                        RetryPolicy = new() { MaximumAttempts = 1 },
                    });
                return "completed";
            }
            catch (ActivityFailureException e)
            {
                return e.InnerException!.GetType().Name;
            }
        }

        [WorkflowSignal]
        public Task StopAsync()
        {
            _stop.Cancel();
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public sealed class TooLate
    {
        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            using var source = new CancellationTokenSource();
            source.Cancel();
            var late = source.Token;
            var second = TimeSpan.FromSeconds(1);
            var refused = new List<string>();
            await ExpectAsync("activity", () => Workflow.ExecuteActivityAsync("any", [], new() { StartToCloseTimeout = second, CancellationToken = late }));
            await ExpectAsync("local activity", () => Workflow.ExecuteLocalActivityAsync("any", [], new() { StartToCloseTimeout = second, CancellationToken = late }));
            await ExpectAsync("child", () => Workflow.ExecuteChildWorkflowAsync("any", [], new() { CancellationToken = late }));
            await ExpectAsync("signal", () => Workflow.GetExternalWorkflowHandle("any").SignalAsync("any", [], new() { CancellationToken = late }));
            await ExpectAsync("timer", () => Workflow.DelayAsync(second, late));
            await ExpectAsync("condition", () => Workflow.WaitConditionAsync(() => false, late));
            return refused;

            async Task ExpectAsync(string what, Func<Task> call)
            {
                try
                {
                    await call();
                }
                catch (Exception e) when (TemporalException.IsCanceledException(e))
                {
                    refused.Add(what);
                }
            }
        }
    }
}
