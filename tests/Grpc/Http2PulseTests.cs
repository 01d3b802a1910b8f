using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class Http2PulseTests
{
    private const long Second = 1000;

    private static readonly GrpcKeepAlive KeepAlive = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15));

    [Fact]
    public void A_silent_server_is_pinged_once_and_given_up_when_it_does_not_answer()
    {
        var pulse = new Http2Pulse(KeepAlive, now: 0);

        Assert.Equal(TimeSpan.FromSeconds(30), pulse.UntilCheck(0, isIdle: false));
        Assert.False(pulse.Check(29 * Second, isIdle: false));
        Assert.True(pulse.Check(30 * Second, isIdle: false));
        Assert.Equal(TimeSpan.FromSeconds(15), pulse.UntilCheck(30 * Second, isIdle: false));
        Assert.False(pulse.Check(44 * Second, isIdle: false));
        Assert.Throws<Http2Exception>(() => pulse.Check(45 * Second, isIdle: false));
    }

    [Fact]
    public void Whatever_is_heard_puts_the_next_ping_off()
    {
        var pulse = new Http2Pulse(KeepAlive, now: 0);
        Assert.True(pulse.Check(30 * Second, isIdle: false));

        pulse.Hear(40 * Second);

        Assert.False(pulse.Check(69 * Second, isIdle: false));
        Assert.True(pulse.Check(70 * Second, isIdle: false));
    }

    [Fact]
    public void A_connection_that_nobody_uses_is_given_up_although_its_server_answers()
    {
        var pulse = new Http2Pulse(KeepAlive, now: 0);
        pulse.Use(60 * Second);
        for (var now = 0L; now < 660 * Second; now += 10 * Second)
        {
            pulse.Hear(now);
            Assert.False(pulse.Check(now, isIdle: true));
        }

        pulse.Hear(660 * Second);
        Assert.False(pulse.Check(660 * Second, isIdle: false));
        Assert.Throws<Http2Exception>(() => pulse.Check(660 * Second, isIdle: true));
    }

    [Fact]
    public void Without_pings_a_call_is_waited_for_as_long_as_its_caller_does()
    {
        var pulse = new Http2Pulse(keepAlive: null, now: 0);

        Assert.False(pulse.Check(long.MaxValue / 2, isIdle: false));
    }
}
