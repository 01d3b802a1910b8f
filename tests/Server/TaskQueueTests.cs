using TemporalDev.Server.Engine;
using TemporalDev.Server.Queues;

namespace Orchestrator.Tests.Server;

public sealed class TaskQueueTests
{
    private static readonly PollerId Leaving = new("worker", "leaving");
    private static readonly PollerId Staying = new("worker", "staying");
    private static readonly QueuedTask Waiting = new(new RunKey("namespace-id", "workflow", "run"), ScheduledEventId: 2, Attempt: 1);

    private readonly TaskQueue _queue = new(TimeProvider.System);

    [Fact]
    public async Task A_worker_that_shuts_down_gets_its_polls_back_and_others_keep_theirs()
    {
        var leaving = PollAsync(Leaving);
        var staying = PollAsync(Staying);

        _queue.Dismiss(Leaving.InstanceKey);
        _queue.Publish(Waiting);

        Assert.Null(await leaving);
        Assert.Equal(Waiting, await staying);
    }

    [Fact]
    public async Task A_poll_that_comes_in_after_the_farewell_of_its_worker_takes_no_task()
    {
        _queue.Dismiss(Leaving.InstanceKey);
        _queue.Publish(Waiting);

        Assert.Null(await PollAsync(Leaving));
        Assert.Equal(Waiting, await PollAsync(Staying));
    }

    [Fact]
    public async Task A_worker_whose_connection_broke_is_gone_at_once_and_there_again_with_its_next_poll()
    {
        using var connection = new CancellationTokenSource();
        var broken = _queue.TakeAsync(Leaving, TimeSpan.FromMinutes(1), connection.Token);
        Assert.True(_queue.IsAttended);

        await connection.CancelAsync();

        Assert.Null(await broken);
        Assert.False(_queue.IsAttended);
        _queue.Publish(Waiting);
        Assert.Equal(Waiting, await PollAsync(Staying));
        Assert.True(_queue.IsAttended);
    }

    private Task<QueuedTask?> PollAsync(PollerId poller) => _queue.TakeAsync(poller, TimeSpan.FromMinutes(1), CancellationToken.None);
}
