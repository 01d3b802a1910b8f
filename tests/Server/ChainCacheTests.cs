using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage.Memory;

namespace Orchestrator.Tests.Server;

public sealed class ChainCacheTests
{
    private const int CapacityBytes = 100_000;
    private static readonly string Namespace = Guid.NewGuid().ToString();

    private readonly ChainCache _cache;
    private readonly Executions _executions;

    public ChainCacheTests()
    {
        var announcer = Announcers.Of(TimeProvider.System, new ScheduleWatch(TimeProvider.System));
        _cache = new ChainCache(new MemoryStore(), TimeProvider.System, announcer) { CapacityBytes = CapacityBytes };
        _executions = new Executions(_cache);
    }

    [Fact]
    public async Task Who_was_used_least_recently_leaves_when_all_together_are_too_large_and_is_read_again()
    {
        var keys = Enumerable.Range(0, 40).Select(number => Key($"workflow {number}")).ToList();

        foreach (var key in keys)
        {
            await BeginAsync(key);
        }

        Assert.False(await IsInMemoryAsync(keys[0]));
        Assert.True(await IsInMemoryAsync(keys[^1]));
        Assert.Equal(2, (await _executions.HistoryAsync(keys[0], 1, long.MaxValue, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Who_is_in_use_stays_however_large_the_others_are()
    {
        var held = Key("held");
        await BeginAsync(held);

        using (await _executions.EnterAsync(held.Chain, CancellationToken.None))
        {
            foreach (var number in Enumerable.Range(0, 40))
            {
                await BeginAsync(Key($"workflow {number}"));
            }
        }

        Assert.True(await IsInMemoryAsync(held));
    }

    [Fact]
    public async Task Closed_runs_leave_when_another_one_of_the_same_id_has_begun()
    {
        var first = Key("again");
        await BeginAsync(first);
        await _executions.TerminateAsync(first);
        var second = Key("again");

        await BeginAsync(second);

        Assert.False(await IsInMemoryAsync(first));
        Assert.True(await IsInMemoryAsync(second));
    }

    private static RunKey Key(string workflowId) => new(Namespace, workflowId, Guid.NewGuid().ToString());

    private Task BeginAsync(RunKey key) => _executions.BeginAsync(key, "namespace", null);

    private async Task<bool> IsInMemoryAsync(RunKey key)
    {
        using var lease = await _cache.TryEnterAsync(key.Chain);
        return lease?.Loaded(key.RunId) is not null;
    }
}
