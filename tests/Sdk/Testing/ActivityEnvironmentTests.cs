using Temporalio.Activities;
using Temporalio.Testing;

namespace Orchestrator.Tests.Sdk.Testing;

public sealed class ActivityEnvironmentTests
{
    [Fact]
    public async Task An_activity_finds_what_the_environment_says()
    {
        var heartbeats = new List<object?>();
        var environment = new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with { ActivityType = "copy", Attempt = 4 },
            Heartbeater = details => heartbeats.AddRange(details),
        };

        var seen = await environment.RunAsync(() =>
        {
            var context = ActivityExecutionContext.Current;
            context.Heartbeat(1, "two");
            return $"{context.Info.ActivityType} {context.Info.Attempt} {context.CancelReason}";
        });

        Assert.Equal("copy 4 None", seen);
        Assert.Equal([1, "two"], heartbeats);
        Assert.False(ActivityExecutionContext.HasCurrent);
    }

    [Fact]
    public async Task Every_shape_of_activity_is_run()
    {
        var environment = new ActivityEnvironment();
        var ran = new List<string>();

        await environment.RunAsync(() => ran.Add(ActivityExecutionContext.Current.Info.WorkflowId!));
        await environment.RunAsync(async () =>
        {
            await Task.Yield();
            ran.Add(ActivityExecutionContext.Current.Info.ActivityId);
        });

        Assert.Equal(["test", "test"], ran);
        Assert.Equal(5, await environment.RunAsync(() => 5));
        Assert.Equal(6, await environment.RunAsync(() => Task.FromResult(6)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => environment.RunAsync(() => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task A_cancelled_activity_sees_why_and_the_first_reason_stays()
    {
        var environment = new ActivityEnvironment();
        var running = environment.RunAsync(async () =>
        {
            var context = ActivityExecutionContext.Current;
            await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (context.CancelReason, context.CancellationDetails);
        });

        environment.Cancel(ActivityCancelReason.Paused, new() { IsPaused = true });
        environment.Cancel();

        Assert.Equal((ActivityCancelReason.Paused, new ActivityCancellationDetails { IsPaused = true }), await running);
    }

    [Fact]
    public async Task A_worker_that_shuts_down_is_noticed_and_a_client_that_is_not_there_is_missed()
    {
        var environment = new ActivityEnvironment();
        await environment.WorkerShutdownTokenSource.CancelAsync();

        await environment.RunAsync(() =>
        {
            Assert.True(ActivityExecutionContext.Current.WorkerShutdownToken.IsCancellationRequested);
            Assert.False(ActivityExecutionContext.Current.CancellationToken.IsCancellationRequested);
            Assert.Throws<InvalidOperationException>(() => ActivityExecutionContext.Current.TemporalClient);
        });
    }
}
