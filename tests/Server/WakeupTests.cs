using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Timers;

namespace Orchestrator.Tests.Server;

public sealed class WakeupTests : IDisposable
{
    private static readonly RunKey Run = new("namespace", "workflow", "run");

    private readonly VirtualClock _clock = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task What_could_not_be_woken_in_an_outage_is_woken_soon() =>
        await WakesAgainAsync(new GrpcException(GrpcStatusCode.Unavailable, "the database is away"), Wakeups<RunKey>.PauseInOutage);

    [Fact]
    public async Task A_mistake_in_waking_does_not_lose_the_timer() =>
        await WakesAgainAsync(new InvalidOperationException("impossible"), Wakeups<RunKey>.PauseAfterMistake);

    [Fact]
    public void A_second_attempt_does_not_put_off_what_is_due_sooner()
    {
        var due = new DueTimes<RunKey>(_clock);
        var soon = _clock.GetUtcNow().AddMinutes(1);
        due.Set(Run, soon);
        due.SetAgain(Run, soon.AddMinutes(1));

        Assert.Equal(soon, due.Earliest);
        due.SetAgain(Run, soon.AddSeconds(-1));
        Assert.Equal(soon.AddSeconds(-1), due.Earliest);
    }

    [Fact]
    public async Task What_comes_due_while_a_wait_for_it_begins_is_not_slept_through()
    {
        var at = _clock.GetUtcNow().AddHours(1);
        var due = new DueTimes<RunKey>(new PutForwardAtTheTimer(_clock, at));
        due.Set(Run, at);

        Assert.Equal(Run, await due.NextAsync(_stop.Token).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task WakesAgainAsync(Exception failure, TimeSpan pause)
    {
        var due = new DueTimes<RunKey>(_clock);
        var attempts = new TaskCompletionSource[] { new(), new() };
        var attempt = 0;
        var wakeups = new Wakeups<RunKey>(
            due,
            (_, _) =>
            {
                attempts[attempt++].SetResult();
                return attempt == 1 ? Task.FromException(failure) : Task.CompletedTask;
            },
            _clock,
            NullLogger<Wakeups<RunKey>>.Instance,
            skipping: null);
        var running = wakeups.RunAsync(_stop.Token);

        due.Set(Run, DateTimeOffset.MinValue);
        await attempts[0].Task.WaitAsync(TimeSpan.FromSeconds(30));
        // While a key is being woken, long ago is what is due.
        await Eventually.EqualAsync(false, () => due.Earliest == DateTimeOffset.MinValue);
        _clock.SkipTo(_clock.GetUtcNow() + pause);
        await attempts[1].Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(running.IsCompleted);
    }

    /// <summary>Somebody else puts the clock forward just when a timer is made.</summary>
    private sealed class PutForwardAtTheTimer(VirtualClock clock, DateTimeOffset to) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            clock.SkipTo(to);
            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
