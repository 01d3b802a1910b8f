using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

[TakesSeconds(10)]
public sealed class WorkerEndTests
{
    private readonly LiveCrew _crew = new();

    [LiveTheory]
    [BothCachings]
    public async Task A_worker_that_stops_lets_its_activities_finish_within_the_grace_period(Caching caching)
    {
        using var stop = new CancellationTokenSource();
        var (queue, handle, working) = await StartAsync(caching, TimeSpan.FromSeconds(30), stop.Token);

        await stop.CancelAsync();
        await _crew.ShutdownSeen.Task;
        _crew.Finish.TrySetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);

        var history = await handle.FetchHistoryAsync();
        Assert.Contains(history.Events, e => e.EventType == EventType.ActivityTaskCompleted);
        using var next = new TemporalWorker(queue.Client, queue.Options(caching, Configure));
        Assert.Equal("finished", await next.ExecuteAsync(() => handle.GetResultAsync()));
    }

    [LiveTheory]
    [BothCachings]
    public async Task An_activity_that_goes_on_after_the_grace_period_is_cancelled_and_tried_again_elsewhere(Caching caching)
    {
        using var stop = new CancellationTokenSource();
        var (queue, handle, working) = await StartAsync(caching, TimeSpan.FromMilliseconds(50), stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);

        Assert.Equal(ActivityCancelReason.WorkerShutdown, await _crew.Reason.Task);
        var pending = (await handle.DescribeAsync()).RawDescription.PendingActivities.Single();
        Assert.Equal("WorkerShutdown", pending.LastFailure.ApplicationFailureInfo.Type);
        using var next = new TemporalWorker(queue.Client, queue.Options(caching, Configure));
        _crew.Finish.TrySetResult();
        Assert.Equal("finished", await next.ExecuteAsync(() => handle.GetResultAsync()));
    }

    [LiveFact]
    public async Task A_worker_whose_core_is_killed_ends_with_one_clear_error_and_its_activities_are_told()
    {
        var core = CoreProcess.Apart();
        var (_, handle, working) = await StartAsync(Caching.On, TimeSpan.Zero, default, core);

        using (var node = Process.GetProcessById(core.Id))
        {
            node.Kill();
        }

        var error = await Assert.ThrowsAsync<BridgeException>(() => working);
        await handle.TerminateAsync();
        Assert.Contains($"(node, pid {core.Id}) ended with code 137", error.Message);
        Assert.Equal(ActivityCancelReason.WorkerShutdown, await _crew.Reason.Task);
    }

    [Fact]
    public async Task A_worker_whose_server_is_gone_tells_its_activities_and_ends_without_it()
    {
        var server = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        var client = await TemporalClient.ConnectAsync(new(server.Address));
        using var stop = new CancellationTokenSource();
        var core = CoreProcess.Apart();
        var options = new TemporalWorkerOptions("gone") { GracefulShutdownTimeout = TimeSpan.FromMinutes(1), Core = core };
        Configure(options);
        using var worker = new TemporalWorker(client, options);
        var working = worker.ExecuteAsync(stop.Token);
        await client.StartWorkflowAsync((Watch w) => w.RunAsync(), new("gone", "gone"));
        await _crew.Begun.Task;

        await server.DisposeAsync();
        await stop.CancelAsync();

        // Long before its time of grace, and long before the core would have given up.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(ActivityCancelReason.WorkerShutdown, await _crew.Reason.Task);
        using var node = Process.GetProcessById(core.Id);
        node.Kill();
    }

    [Fact]
    public async Task A_worker_that_begins_while_its_server_is_started_again_waits_for_it()
    {
        var server = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        var address = server.Address;
        var client = await TemporalClient.ConnectAsync(new(address));
        await server.DisposeAsync();
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("away").AddWorkflow<Watch>());

        var working = worker.ExecuteAsync(() => Task.CompletedTask);

        await using var again = await EmbeddedTemporal.StartAsync(new TemporalOptions { Port = int.Parse(address.Split(':')[1]) }, NullLoggerFactory.Instance);
        await working;
    }

    [Fact]
    public async Task The_core_s_process_ends_when_its_worker_is_gone_however_that_ended()
    {
        var start = new ProcessStartInfo(CoreModules.Node, [CoreModules.Script, CoreModules.Find(), """{"logFilter":"error","workerHeartbeatMilliseconds":60000}"""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        // The kernel closes the pipe of a killed process in the same way.
        node.StandardInput.Close();
        await node.WaitForExitAsync(limit.Token);

        Assert.Equal(0, node.ExitCode);
    }

    [LiveFact]
    public async Task A_worker_runs_once_and_not_without_its_namespace()
    {
        var client = await LiveServer.ConnectAsync();
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("once").AddWorkflow<Watch>());
        await worker.ExecuteAsync(() => Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync(() => Task.CompletedTask));

        var elsewhere = await LiveServer.ConnectAsync(options => options.Namespace = "nowhere");
        using var lost = new TemporalWorker(elsewhere, new TemporalWorkerOptions("lost").AddWorkflow<Watch>());
        var error = await Assert.ThrowsAsync<BridgeException>(() => lost.ExecuteAsync(() => Task.CompletedTask));
        Assert.Contains("nowhere", error.Message);
    }

    [LiveFact]
    public async Task What_the_core_logs_arrives_in_the_worker_s_logger()
    {
        var log = new KeptLog();
        await Live.RunAsync(
            Caching.On,
            options =>
            {
                options.LoggerFactory = log;
                options.AddWorkflow<Mistaken>();
            },
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Mistaken w) => w.RunAsync(), queue.New());
                await TaskFailure.FirstAsync(handle);
                await handle.TerminateAsync();
                await Eventually.EqualAsync(true, () => log.Lines.Any(line => line.StartsWith("Warning: Failing workflow task", StringComparison.Ordinal)));
            });
    }

    private async Task<(LiveQueue Queue, WorkflowHandle<Watch, string> Handle, Task Working)> StartAsync(
        Caching caching, TimeSpan grace, CancellationToken stop, CoreProcess? core = null)
    {
        var queue = new LiveQueue(await LiveServer.ConnectAsync(), $"queue-{Guid.NewGuid()}");
        var worker = new TemporalWorker(queue.Client, queue.Options(caching, options =>
        {
            Configure(options);
            options.GracefulShutdownTimeout = grace;
            options.Core = core;
        }));
        var working = worker.ExecuteAsync(stop);
        var options = queue.New();
        // A task that reached the core as it was told to stop comes back when its time is over.
        options.TaskTimeout = TimeSpan.FromSeconds(1);
        var handle = await queue.Client.StartWorkflowAsync((Watch w) => w.RunAsync(), options);
        await Task.WhenAny(_crew.Begun.Task, working);
        return (queue, handle, working);
    }

    private void Configure(TemporalWorkerOptions options) => options.AddWorkflow<Watch>().AddAllActivities(_crew);

    public sealed class LiveCrew
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource ShutdownSeen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ActivityCancelReason> Reason { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Activity]
        public async Task<string> StandAsync()
        {
            var context = ActivityExecutionContext.Current;
            using var shutdown = context.WorkerShutdownToken.Register(() => ShutdownSeen.TrySetResult());
            Begun.TrySetResult();
            try
            {
                await Finish.Task.WaitAsync(context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                Reason.TrySetResult(context.CancelReason);
                throw;
            }

            return "finished";
        }
    }

    [Workflow]
    public sealed class Watch
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.ExecuteActivityAsync(
            (LiveCrew crew) => crew.StandAsync(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(50) });
    }

    [Workflow]
    public sealed class Mistaken
    {
        [WorkflowRun]
        public Task RunAsync() => throw new InvalidOperationException("a mistake");
    }
}
