using System.Diagnostics;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Testing;

public sealed class TimeSkippingTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly string _queue = $"skipping-{Guid.NewGuid()}";
    private WorkflowEnvironment _environment = null!;

    public async Task InitializeAsync() => _environment = await WorkflowEnvironment.StartTimeSkippingAsync();

    public async Task DisposeAsync() => await _environment.DisposeAsync();

    [Fact]
    public Task A_result_that_takes_a_day_is_there_at_once() => WithWorkerAsync(async client =>
    {
        var before = await _environment.GetCurrentTimeAsync();
        var watch = Stopwatch.StartNew();

        var slept = await client.ExecuteWorkflowAsync((Sleeper w) => w.RunAsync(TimeSpan.FromHours(24)), New());

        AssertSlept(TimeSpan.FromHours(24), slept);
        Assert.True(watch.Elapsed < Soon, $"It took {watch.Elapsed}.");
        Assert.InRange(await _environment.GetCurrentTimeAsync() - before, TimeSpan.FromHours(24), TimeSpan.FromHours(25));
    });

    [Fact]
    public Task A_gate_closes_by_decision_or_by_deadline() => WithWorkerAsync(async client =>
    {
        var decided = await client.StartWorkflowAsync((Gate w) => w.RunAsync(TimeSpan.FromDays(3)), New());
        await _environment.DelayAsync(TimeSpan.FromDays(2.5));
        Assert.Equal("waiting, reminded 2 times", await decided.QueryAsync(w => w.Status));
        await decided.SignalAsync(w => w.DecideAsync("go"));
        Assert.Equal("go", await decided.GetResultAsync());

        var forgotten = await client.StartWorkflowAsync((Gate w) => w.RunAsync(TimeSpan.FromDays(3)), New());
        Assert.Equal("nobody decided", await forgotten.GetResultAsync());
    });

    [Fact]
    public Task Results_may_be_awaited_together_and_through_any_handle() => WithWorkerAsync(async client =>
    {
        var hours = new[] { 30, 10, 20 };
        var handles = await Task.WhenAll(hours.Select(hour => client.StartWorkflowAsync((Sleeper w) => w.RunAsync(TimeSpan.FromHours(hour)), New())));

        var slept = await Task.WhenAll(handles.Select(handle => client.GetWorkflowHandle(handle.Id).GetResultAsync<TimeSpan>()));

        // A timer never fires early, and others move the clock no further than to what is due.
        Assert.All(hours.Zip(slept), pair => AssertSlept(TimeSpan.FromHours(pair.First), pair.Second));
    });

    [Fact]
    public Task Time_is_real_while_an_activity_runs() => WithWorkerAsync(async client =>
    {
        var handle = await client.StartWorkflowAsync((Waiting w) => w.RunAsync(), New());

        var passed = await handle.GetResultAsync();

        Assert.InRange(passed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    });

    [Fact]
    public Task Retries_wait_without_waiting() => WithWorkerAsync(async client =>
    {
        var handle = await client.StartWorkflowAsync((Retrying w) => w.RunAsync(), New());

        var passed = await handle.GetResultAsync();

        Assert.InRange(passed, TimeSpan.FromHours(3), TimeSpan.FromHours(4));
    });

    [Fact]
    public Task A_workflow_without_a_decision_runs_into_its_timeout() => WithWorkerAsync(async client =>
    {
        var options = New();
        options.RunTimeout = TimeSpan.FromDays(30);
        var handle = await client.StartWorkflowAsync((Gate w) => w.RunAsync(TimeSpan.FromDays(60)), options);

        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());

        Assert.IsType<TimeoutFailureException>(failed.InnerException);
    });

    [Fact]
    public Task Nothing_is_skipped_while_that_is_disabled() => WithWorkerAsync(async client =>
    {
        var slow = await client.StartWorkflowAsync((Sleeper w) => w.RunAsync(TimeSpan.FromHours(1)), New());
        var before = await _environment.GetCurrentTimeAsync();

        var slept = await _environment.WithAutoTimeSkippingDisabledAsync(
            () => client.ExecuteWorkflowAsync((Sleeper w) => w.RunAsync(TimeSpan.FromMilliseconds(100)), New()));

        AssertSlept(TimeSpan.FromMilliseconds(100), slept);
        Assert.InRange(await _environment.GetCurrentTimeAsync() - before, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        AssertSlept(TimeSpan.FromHours(1), await slow.GetResultAsync());
    });

    [Fact]
    public Task A_schedule_starts_its_workflows_in_skipped_time() => WithWorkerAsync(async client =>
    {
        var id = $"hourly-{Guid.NewGuid()}";
        var start = ScheduleActionStartWorkflow.Create((Sleeper w) => w.RunAsync(TimeSpan.FromMinutes(1)), new(id, _queue));
        var schedule = await client.CreateScheduleAsync(id, new(start, new() { Intervals = [new(TimeSpan.FromHours(1))] }));

        await _environment.DelayAsync(TimeSpan.FromHours(10.5));

        var description = await schedule.DescribeAsync();
        // Full hours, of which the half hour may hold one.
        Assert.InRange(description.Info.NumActions, 10, 11);
    });

    [Fact]
    public async Task Every_lock_has_to_be_given_back_and_none_twice()
    {
        var service = _environment.Client.Connection.TestService;
        await service.LockTimeSkippingAsync(new());
        await service.UnlockTimeSkippingAsync(new());
        await service.UnlockTimeSkippingAsync(new());

        var unlock = await Assert.ThrowsAsync<RpcException>(() => service.UnlockTimeSkippingAsync(new()));
        var sleep = await Assert.ThrowsAsync<RpcException>(() => service.UnlockTimeSkippingWithSleepAsync(new() { Duration = new() { Seconds = 1 } }));

        Assert.Equal(RpcException.StatusCode.FailedPrecondition, unlock.Code);
        Assert.Equal(RpcException.StatusCode.FailedPrecondition, sleep.Code);
    }

    [Fact]
    public async Task A_sleep_ends_at_its_time_and_no_later()
    {
        var service = _environment.Client.Connection.TestService;
        var before = await _environment.GetCurrentTimeAsync();

        await _environment.DelayAsync(TimeSpan.FromDays(400));
        var after = await _environment.GetCurrentTimeAsync();
        await service.SleepUntilAsync(new() { Timestamp = new() { Seconds = 1 } });

        Assert.InRange(after - before, TimeSpan.FromDays(400), TimeSpan.FromDays(400.01));
        var impossible = await Assert.ThrowsAsync<RpcException>(() => service.SleepAsync(new() { Duration = new() { Seconds = long.MaxValue } }));
        Assert.Equal(RpcException.StatusCode.InvalidArgument, impossible.Code);
    }

    private static void AssertSlept(TimeSpan wanted, TimeSpan slept) => Assert.InRange(slept, wanted, wanted + Soon);

    private WorkflowOptions New() => new($"workflow-{Guid.NewGuid()}", _queue);

    private async Task WithWorkerAsync(Func<ITemporalClient, Task> body)
    {
        using var worker = new TemporalWorker(_environment.Client, new TemporalWorkerOptions(_queue)
            .AddWorkflow<Sleeper>()
            .AddWorkflow<Gate>()
            .AddWorkflow<Waiting>()
            .AddWorkflow<Retrying>()
            .AddAllActivities<Chores>(null));
        await worker.ExecuteAsync(() => body(_environment.Client));
    }

    public sealed class Chores
    {
        [Activity]
        public static Task BrieflyAsync() => Task.Delay(100);

        [Activity]
        public static void FailTwice()
        {
            if (ActivityExecutionContext.Current.Info.Attempt < 3)
            {
                throw new InvalidOperationException("not yet");
            }
        }
    }

    [Workflow]
    public sealed class Sleeper
    {
        [WorkflowRun]
        public async Task<TimeSpan> RunAsync(TimeSpan time)
        {
            var start = Workflow.UtcNow;
            await Workflow.DelayAsync(time);
            return Workflow.UtcNow - start;
        }
    }

    [Workflow]
    public sealed class Gate
    {
        private string? _decision;
        private int _reminders;

        [WorkflowQuery]
        public string Status => $"waiting, reminded {_reminders} times";

        [WorkflowRun]
        public async Task<string> RunAsync(TimeSpan patience)
        {
            var deadline = Workflow.UtcNow + patience;
            while (Workflow.UtcNow < deadline)
            {
                if (await Workflow.WaitConditionAsync(() => _decision is not null, TimeSpan.FromDays(1)))
                {
                    return _decision!;
                }

                _reminders++;
            }

            return "nobody decided";
        }

        [WorkflowSignal]
        public Task DecideAsync(string decision)
        {
            _decision = decision;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public sealed class Waiting
    {
        [WorkflowRun]
        public async Task<TimeSpan> RunAsync()
        {
            var start = Workflow.UtcNow;
            var timer = Workflow.DelayAsync(TimeSpan.FromHours(1));
            await Workflow.ExecuteActivityAsync(() => Chores.BrieflyAsync(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(30) });
            Assert.False(timer.IsCompleted);
            return Workflow.UtcNow - start;
        }
    }

    [Workflow]
    public sealed class Retrying
    {
        [WorkflowRun]
        public async Task<TimeSpan> RunAsync()
        {
            var start = Workflow.UtcNow;
            await Workflow.ExecuteActivityAsync(
                () => Chores.FailTwice(),
                new()
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(1),
                    RetryPolicy = new() { InitialInterval = TimeSpan.FromHours(1), MaximumInterval = TimeSpan.FromHours(5) },
                });
            return Workflow.UtcNow - start;
        }
    }
}
