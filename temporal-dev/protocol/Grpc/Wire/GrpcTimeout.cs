using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TemporalDev.Protocol.Grpc;

/// <summary>The <c>grpc-timeout</c> header: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;
    private const long NanosecondsPerTick = 100;

    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Clamp(timeout.Ticks, 0, MaxValue * TimeSpan.TicksPerSecond);
        // The finest unit that fits; the division rounds up so that the server never gives up before the client.
        var (ticksPerUnit, unit) = ticks switch
        {
            <= MaxValue * TimeSpan.TicksPerMicrosecond => (TimeSpan.TicksPerMicrosecond, 'u'),
            <= MaxValue * TimeSpan.TicksPerMillisecond => (TimeSpan.TicksPerMillisecond, 'm'),
            _ => (TimeSpan.TicksPerSecond, 'S'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(ticks + ticksPerUnit - 1) / ticksPerUnit}{unit}");
    }

    /// <summary>What the caller's header says; null when there is none.</summary>
    public static TimeSpan? Read(IHeaderDictionary headers, GrpcStatusCode whenMalformed)
    {
        if (headers[GrpcHeaders.Timeout] is not [{ } text])
        {
            return null;
        }

        return TryParse(text, out var timeout)
            ? timeout
            : throw new GrpcException(whenMalformed, $"malformed grpc-timeout: \"{text}\"");
    }

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1 ||
            !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'n' => (value + NanosecondsPerTick - 1) / NanosecondsPerTick,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'S' => value * TimeSpan.TicksPerSecond,
            'M' => value * TimeSpan.TicksPerMinute,
            'H' => value * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }
}
