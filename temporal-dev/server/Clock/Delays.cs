namespace TemporalDev.Server.Clock;

internal static class Delays
{
    /// <summary>Timers of the platform reach no further than some weeks; a far time is looked at again on the way.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    /// <summary>What passes anyway between two looks at a clock.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Until that time has come. A delay counts from when it begins, and the clock may be put forward between the look at it and the
    /// beginning: the delay would end as much too late, and so it is begun anew.
    /// </summary>
    public static async Task UntilAsync(this TimeProvider time, DateTimeOffset at, CancellationToken cancellation)
    {
        for (var left = at - time.GetUtcNow(); left > TimeSpan.Zero; left = at - time.GetUtcNow())
        {
            using var begun = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var delay = Task.Delay(left < LongestSleep ? left : LongestSleep, time, begun.Token);
            if (at - time.GetUtcNow() < left - Unnoticed)
            {
                await begun.CancelAsync();
                continue;
            }

            await delay;
        }
    }
}
