using System.Collections.Concurrent;
using Orchestrator.Tests.Support;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class DeadlockTests
{
    [LiveTheory]
    [InlineData(Caching.On, Blocking.Lock, "belongs into an activity")]
    [InlineData(Caching.Off, Blocking.Lock, "belongs into an activity")]
    [InlineData(Caching.On, Blocking.Wait, "await the task instead")]
    public async Task A_workflow_that_blocks_fails_its_task_and_goes_on_when_it_no_longer_does(Caching caching, Blocking blocking, string advice)
    {
        var time = new LeapingTime();
        await Live.RunAsync(
            caching,
            options =>
            {
                options.Time = time;
                options.DebugMode = false;
                options.AddWorkflow<Blocked>();
            },
            async queue =>
            {
                var gate = new TaskCompletionSource();
                var options = queue.New();
                Blocked.Gates[options.Id!] = gate;
                var handle = await queue.Client.StartWorkflowAsync((Blocked w) => w.RunAsync(blocking), options);
                await Eventually.EqualAsync(true, () => Blocked.Entered.ContainsKey(options.Id!));

                time.Leap(TimeSpan.FromMinutes(1));
                var failure = await TaskFailure.FirstAsync(handle);
                gate.SetResult();

                Assert.StartsWith("[TMPRL1101] Potential deadlock detected: workflow Blocked " + options.Id, failure.Message);
                Assert.Contains("on thread ", failure.Message);
                Assert.Contains(advice, failure.Message);
                await handle.GetResultAsync();
            });
    }

    public enum Blocking
    {
        Lock,
        Wait,
    }

    [Workflow]
    public sealed class Blocked
    {
        public static ConcurrentDictionary<string, TaskCompletionSource> Gates { get; } = new();

        public static ConcurrentDictionary<string, bool> Entered { get; } = new();

        [WorkflowRun]
        public async Task RunAsync(Blocking blocking)
        {
            var id = Workflow.Info.WorkflowId;
            if (!Entered.TryAdd(id, true))
            {
                return;
            }

            if (blocking == Blocking.Lock)
            {
                SpinWait.SpinUntil(() => Gates[id].Task.IsCompleted);
            }
            else
            {
#pragma warning disable VSTHRD002, xUnit1031 // It is what the test is about.
                Gates[id].Task.Wait();
#pragma warning restore VSTHRD002, xUnit1031
            }
        }
    }

    private sealed class LeapingTime : TimeProvider
    {
        private TimeSpan _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);

        public void Leap(TimeSpan time) => _ahead += time;
    }
}
