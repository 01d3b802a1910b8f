using Orchestrator.Tests.Support;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class WorkerKillTests
{
    private readonly string _id = $"haul-{Guid.NewGuid()}";

    [LiveFact]
    public async Task What_a_killed_worker_was_doing_another_goes_on_with()
    {
        var address = await LiveServer.AddressAsync();
        var client = await LiveServer.ConnectAsync();
        using var first = await WorkerProcess.StartAsync(address, _id);
        var handle = await client.StartWorkflowAsync(
            (Haul w) => w.RunAsync(), new(_id, _id) { ExecutionTimeout = TimeSpan.FromMinutes(3) });
        await Eventually.EqualAsync(true, () => IsHeartbeatKnownAsync(handle));

        await first.KillAsync();
        using var second = await WorkerProcess.StartAsync(address, _id);

        Assert.Equal([$"loaded by {first.Id}", $"carried from {Crew.Milestone} by {second.Id}"], await handle.GetResultAsync());
        var history = await handle.FetchHistoryAsync();
        HistoryInvariants.Check([.. history.Events]);
    }

    private static async Task<bool> IsHeartbeatKnownAsync(WorkflowHandle handle)
    {
        var description = await handle.DescribeAsync();
        return description.RawDescription.PendingActivities.Any(activity => activity.HeartbeatDetails is not null);
    }

    public sealed class Crew
    {
        public const int Milestone = 3;

        [Activity]
        public static string Load() => $"loaded by {Environment.ProcessId}";

        /// <summary>Never gets beyond the milestone at the first attempt.</summary>
        [Activity]
        public static async Task<string> CarryAsync()
        {
            var context = ActivityExecutionContext.Current;
            if (context.Info.HeartbeatDetails.Count > 0)
            {
                return $"carried from {await context.Info.HeartbeatDetailAtAsync<int>(0)} by {Environment.ProcessId}";
            }

            while (true)
            {
                context.Heartbeat(Milestone);
                await Task.Delay(50, context.CancellationToken);
            }
        }
    }

    [Workflow]
    public sealed class Haul
    {
        [WorkflowRun]
        public async Task<string[]> RunAsync()
        {
            var loaded = await Workflow.ExecuteActivityAsync(() => Crew.Load(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
            var carried = await Workflow.ExecuteActivityAsync(
                () => Crew.CarryAsync(),
                new()
                {
                    StartToCloseTimeout = TimeSpan.FromSeconds(50),
                    HeartbeatTimeout = TimeSpan.FromSeconds(1),
                    RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(100) },
                });
            return [loaded, carried];
        }
    }
}
