using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData(0, "0u")]
    [InlineData(1, "1u")]
    [InlineData(70 * TimeSpan.TicksPerSecond, "70000000u")]
    [InlineData(100 * TimeSpan.TicksPerSecond, "100000m")]
    [InlineData(TimeSpan.TicksPerDay, "86400000m")]
    [InlineData(2 * TimeSpan.TicksPerDay, "172800S")]
    [InlineData(long.MaxValue, "99999999S")]
    [InlineData(-5, "0u")]
    public void A_timeout_is_written_in_the_finest_unit_that_fits_eight_digits(long ticks, string expected) =>
        Assert.Equal(expected, GrpcTimeout.Format(new TimeSpan(ticks)));

    [Theory]
    [InlineData("1H", TimeSpan.TicksPerHour)]
    [InlineData("2M", 2 * TimeSpan.TicksPerMinute)]
    [InlineData("3S", 3 * TimeSpan.TicksPerSecond)]
    [InlineData("4m", 4 * TimeSpan.TicksPerMillisecond)]
    [InlineData("5u", 5 * TimeSpan.TicksPerMicrosecond)]
    [InlineData("101n", 2)]
    [InlineData("00000000S", 0)]
    [InlineData("99999999H", 99_999_999 * TimeSpan.TicksPerHour)]
    public void A_timeout_is_read_in_every_unit(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5s")]
    [InlineData("-5S")]
    [InlineData("+5S")]
    [InlineData("5 S")]
    [InlineData("5.0S")]
    [InlineData("123456789S")]
    public void Anything_else_is_not_a_timeout(string text) =>
        Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void What_was_written_is_read_back_never_shorter_and_less_than_a_part_in_a_thousand_longer()
    {
        var random = new Random(11);
        for (var i = 0; i < 10_000; i++)
        {
            var timeout = new TimeSpan((long)Math.Exp(random.NextDouble() * Math.Log(1_000 * (double)TimeSpan.TicksPerDay)));

            Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var read));

            Assert.InRange(read.Ticks, timeout.Ticks, timeout.Ticks + (timeout.Ticks / 1000) + 10);
        }
    }
}
