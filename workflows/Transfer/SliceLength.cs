namespace Orchestrator.Workflows.Transfer;

/// <summary>
/// How long a lane works before it reports to its workflow: often at first, when people look, and ever more rarely, because
/// each report is three events of a history that must stay short however large the table is.
/// </summary>
internal static class SliceLength
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static TimeSpan Of(int slice) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(slice, 0, 10)));
}
