namespace Orchestrator.Tests.Support;

/// <summary>The official programs that judge ours. Their comparisons take minutes, so a run that has few of them can do without.</summary>
internal static class Judges
{
    private const string Variable = "TEMPORAL_JUDGES";

    public static bool AreWanted => Environment.GetEnvironmentVariable(Variable) != "off";
}
