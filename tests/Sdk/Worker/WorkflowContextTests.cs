using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>What <see cref="Workflow" /> offers besides commands.</summary>
public sealed class WorkflowContextTests
{
    [LiveTheory]
    [BothCachings]
    public async Task An_update_knows_itself_across_its_waits_and_nobody_else_knows_it(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Booking>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Booking w) => w.RunAsync(), queue.New());

            var first = await handle.ExecuteUpdateAsync(w => w.BookAsync(), new("first"));
            var second = await handle.ExecuteUpdateAsync(w => w.BookAsync(), new("second"));
            await handle.SignalAsync(w => w.CloseAsync());

            Assert.Equal(["before: first Book", "task: first Book", "after: first Book"], first);
            Assert.Equal(["before: second Book", "task: second Book", "after: second Book"], second);
            Assert.Equal(["run: none", "signal: none"], await handle.GetResultAsync());
        });

    [LiveTheory]
    [BothCachings]
    public async Task Tasks_are_started_and_awaited_together_in_the_same_order_on_every_replay(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Racing>(), async queue =>
            Assert.Equal(
                ["winner 1", "results 1 2 3", "one failed: no luck", "one was cancelled"],
                await queue.Client.ExecuteWorkflowAsync((Racing w) => w.RunAsync(), queue.New())));

    [LiveTheory]
    [BothCachings]
    public async Task Metrics_are_silent_and_harmless(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Counting>().AddActivity(Counting.Count), async queue =>
            Assert.Equal("counter gauge histogram", await queue.Client.ExecuteWorkflowAsync((Counting w) => w.RunAsync(), queue.New())));

    [Workflow]
    public sealed class Booking
    {
        private readonly List<string> _ofOthers = [];
        private bool _closed;

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync()
        {
            _ofOthers.Add($"run: {Said()}");
            await Workflow.WaitConditionAsync(() => _closed && Workflow.AllHandlersFinished);
            return _ofOthers;
        }

        [WorkflowUpdate]
        public async Task<IReadOnlyList<string>> BookAsync()
        {
            var seen = new List<string> { $"before: {Said()}" };
            await Workflow.RunTaskAsync(async () =>
            {
                await Workflow.DelayAsync(1);
                seen.Add($"task: {Said()}");
            });
            seen.Add($"after: {Said()}");
            return seen;
        }

        [WorkflowUpdateValidator(nameof(BookAsync))]
        public void ValidateBook() => ArgumentNullException.ThrowIfNull(Workflow.CurrentUpdateInfo);

        [WorkflowSignal]
        public Task CloseAsync()
        {
            _ofOthers.Add($"signal: {Said()}");
            _closed = true;
            return Task.CompletedTask;
        }

        private static string Said() => Workflow.CurrentUpdateInfo is { } update ? $"{update.Id} {update.Name}" : "none";
    }

    [Workflow]
    public sealed class Racing
    {
        private readonly List<string> _seen = [];

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync()
        {
            var (quick, slow) = (AfterAsync(1, 1), AfterAsync(50, 2));
            var winner = await Workflow.WhenAnyAsync(slow, quick);
            _seen.Add($"winner {await winner}");

            var all = await Workflow.WhenAllAsync(quick, slow, Workflow.RunTaskAsync(() => Task.FromResult(3)));
            _seen.Add($"results {string.Join(' ', all)}");

            try
            {
                await Workflow.WhenAllAsync(Workflow.DelayAsync(1), FailAsync());
            }
            catch (InvalidOperationException e)
            {
                _seen.Add($"one failed: {e.Message}");
            }

            await CancelOneAsync();
            return _seen;
        }

        private static async Task<int> AfterAsync(int milliseconds, int result)
        {
            await Workflow.DelayAsync(milliseconds);
            return result;
        }

        private static async Task FailAsync()
        {
            await Workflow.DelayAsync(1);
            throw new InvalidOperationException("no luck");
        }

        private async Task CancelOneAsync()
        {
            using var impatient = new CancellationTokenSource();
            var loser = Workflow.DelayAsync(TimeSpan.FromHours(1), impatient.Token);
            await Workflow.WhenAnyAsync(loser, Workflow.DelayAsync(1));
            impatient.Cancel();
            try
            {
                await loser;
            }
            catch (OperationCanceledException)
            {
                _seen.Add("one was cancelled");
            }
        }
    }

    [Workflow]
    public sealed class Counting
    {
        [Activity]
        public static string Count() => Use(ActivityExecutionContext.Current.MetricMeter);

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            Use(Workflow.MetricMeter);
            return await Workflow.ExecuteActivityAsync(() => Count(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
        }

        private static string Use(MetricMeter meter)
        {
            var tagged = meter.WithTags(new Dictionary<string, object> { ["kind"] = "test" });
            var (counter, gauge, histogram) = (tagged.CreateCounter<int>("counter"), tagged.CreateGauge<double>("gauge"), tagged.CreateHistogram<TimeSpan>("histogram"));
            counter.Add(1);
            gauge.Set(0.5, new Dictionary<string, object> { ["more"] = 1 });
            histogram.Record(TimeSpan.FromSeconds(1));
            return $"{counter.Name} {gauge.Name} {histogram.Name}";
        }
    }
}
