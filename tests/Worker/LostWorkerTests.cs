using Orchestrator.Tests.Sdk;
using Orchestrator.Tests.Sdk.Worker;
using Orchestrator.Tests.Support;
using Orchestrator.Worker;
using Temporalio.Activities;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Worker;

public sealed class LostWorkerTests
{
    private const string Dead = "4711@here";

    [LiveFact]
    public async Task What_a_dead_worker_held_is_tried_again_at_once_and_nobody_else_s()
    {
        var crew = new Crew();
        await Live.RunAsync(
            Caching.On,
            options =>
            {
                options.Identity = Dead;
                options.AddWorkflow<Haul>().AddAllActivities(crew);
            },
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Haul w) => w.RunAsync(), queue.NewWithoutComparison());
                await crew.Begun.Task;

                Assert.Equal(0, await LostWorker.GiveBackAsync(queue.Client, queue.Name, "4712@here", default));
                // A server may take a moment to list what has just been started.
                await Eventually.EqualAsync(1, () => LostWorker.GiveBackAsync(queue.Client, queue.Name, Dead, default));

                Assert.Equal(2, await handle.GetResultAsync());
            });
    }

    public sealed class Crew
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first attempt is that of a worker which will never say anything again.</summary>
        [Activity]
        public async Task<int> CarryAsync()
        {
            var context = ActivityExecutionContext.Current;
            if (context.Info.Attempt == 1)
            {
                Begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }

            return context.Info.Attempt;
        }
    }

    [Workflow]
    public sealed class Haul
    {
        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.ExecuteActivityAsync((Crew crew) => crew.CarryAsync(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(2) });
    }
}
