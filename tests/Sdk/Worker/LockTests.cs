using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Mutex = Temporalio.Workflows.Mutex;
using Semaphore = Temporalio.Workflows.Semaphore;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class LockTests
{
    [LiveTheory]
    [BothCachings]
    public async Task A_mutex_is_held_by_one_and_goes_to_the_next_in_order(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Queueing>(), async queue =>
            Assert.Equal(
                ["in a", "out a", "in b", "out b", "in c", "out c"],
                await queue.Client.ExecuteWorkflowAsync((Queueing w) => w.RunAsync(), queue.New())));

    [LiveTheory]
    [BothCachings]
    public async Task A_semaphore_lets_in_as_many_as_it_counts_and_waits_no_longer_than_it_may(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Parking>(), async queue =>
            Assert.Equal(
                [
                    "two in, 0 of 2 left", "no waiting: False", "timed wait: False", "cancelled: TaskCanceledException", "after release: True",
                    "too much: The semaphore was released more often than it was taken.",
                ],
                await queue.Client.ExecuteWorkflowAsync((Parking w) => w.RunAsync(), queue.New())));

    [Fact]
    public void Locks_of_workflows_work_nowhere_else() => Assert.Throws<InvalidOperationException>(() => new Mutex());

    [Workflow]
    public sealed class Queueing
    {
        private readonly Mutex _door = new();
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync()
        {
            await Workflow.WhenAllAsync(EnterAsync("a"), EnterAsync("b"), EnterAsync("c"));
            return _seen;
        }

        private async Task EnterAsync(string who)
        {
            await _door.WaitOneAsync();
            _seen.Add($"in {who}");
            await Workflow.DelayAsync(5);
            _seen.Add($"out {who}");
            _door.ReleaseMutex();
        }
    }

    [Workflow]
    public sealed class Parking
    {
        private readonly Semaphore _places = new(2);
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync()
        {
            await _places.WaitAsync();
            await _places.WaitAsync();
            _seen.Add($"two in, {_places.CurrentCount} of {_places.Max} left");
            _seen.Add($"no waiting: {await _places.WaitAsync(0)}");
            _seen.Add($"timed wait: {await _places.WaitAsync(5)}");
            await CancelAsync();

            var next = _places.WaitAsync(TimeSpan.FromHours(1));
            _places.Release();
            _seen.Add($"after release: {await next}");

            _places.Release();
            _places.Release();
            try
            {
                _places.Release();
            }
            catch (InvalidOperationException e)
            {
                _seen.Add($"too much: {e.Message}");
            }

            return _seen;
        }

        private async Task CancelAsync()
        {
            using var impatient = new CancellationTokenSource();
            var waiting = _places.WaitAsync(impatient.Token);
            impatient.Cancel();
            try
            {
                await waiting;
            }
            catch (Exception e) when (TemporalException.IsCanceledException(e))
            {
                _seen.Add($"cancelled: {e.GetType().Name}");
            }
        }
    }
}
