using Temporalio.Common;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class RandomTests
{
    [Fact]
    public void The_numbers_of_a_seed_are_those_of_every_official_sdk()
    {
        var random = new DeterministicRandom(1234);

        int[] whole = [random.Next(), random.Next(), random.Next()];
        double[] real = [random.NextDouble(), random.NextDouble()];

        Assert.Equal([1683900913, 1152499422, 853145492], whole);
        Assert.Equal([0.9016334640359291, 0.43376034566022725], real);
        var bytes = new byte[sizeof(ulong)];
        new DeterministicRandom(0).NextBytes(bytes);
        Assert.Equal(6198063878555692194UL, BitConverter.ToUInt64(bytes));
    }

    [Fact]
    public void Bytes_come_in_the_order_of_the_generator()
    {
        var bytes = new byte[8];

        new DeterministicRandom(42).NextBytes(bytes);

        Assert.Equal(new DeterministicRandom(42).NewGuid().ToByteArray()[..7], bytes[..7]);
        var guid = new DeterministicRandom(0).NewGuid();
        Assert.Equal(4, guid.Version);
        Assert.InRange(guid.Variant, 8, 11);
    }

    [Fact]
    public void Bounds_are_kept_and_reached()
    {
        var random = new DeterministicRandom(7);

        var drawn = Enumerable.Range(0, 1000).Select(_ => random.Next(-2, 3)).ToHashSet();

        Assert.Equal([-2, -1, 0, 1, 2], drawn.Order());
        Assert.Equal(5, random.Next(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(3, 2));
    }

    [LiveTheory]
    [BothCachings]
    public async Task What_a_workflow_draws_is_the_same_on_every_replay(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Dice>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Dice w) => w.RunAsync(), queue.New());
            var first = await handle.QueryAsync(w => w.Drawn);
            await handle.SignalAsync(w => w.RollAsync());
            var second = await handle.QueryAsync(w => w.Drawn);
            await handle.SignalAsync(w => w.RollAsync());

            var all = await handle.GetResultAsync();

            Assert.NotEmpty(first);
            Assert.Equal(first, all.Take(first.Count));
            Assert.Equal(second, all.Take(second.Count));
            Assert.Equal(all.Count, all.Distinct().Count());
        });

    [Workflow]
    public sealed class Dice
    {
        private readonly List<string> _drawn = [];
        private int _rolls;

        [WorkflowQuery]
        public IReadOnlyList<string> Drawn => _drawn;

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync()
        {
            Draw();
            await Workflow.WaitConditionAsync(() => _rolls == 2);
            Draw();
            return _drawn;
        }

        [WorkflowSignal]
        public async Task RollAsync()
        {
            Draw();
            await Workflow.DelayAsync(1);
            Draw();
            _rolls++;
        }

        private void Draw()
        {
            _drawn.Add(Workflow.NewGuid().ToString());
            _drawn.Add(Workflow.Random.NextDouble().ToString("R"));
        }
    }
}
