namespace Orchestrator.Activities.Transfer;

/// <summary>How long to rest after a chunk so that the rate asked for is kept.</summary>
internal static class RowPace
{
    // A lane that rests longer than this looks dead to whoever watches it; it comes back and rests again.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    public static TimeSpan RestAfter(long rows, TimeSpan took, int? rowsPerSecond, int lanes)
    {
        if (rowsPerSecond is not > 0)
        {
            return TimeSpan.Zero;
        }

        var share = (double)rowsPerSecond.Value / Math.Max(1, lanes);
        var rest = TimeSpan.FromSeconds(rows / share) - took;
        return rest <= TimeSpan.Zero ? TimeSpan.Zero : rest < LongestRest ? rest : LongestRest;
    }
}
