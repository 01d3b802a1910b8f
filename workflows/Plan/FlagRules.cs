using System.Text.RegularExpressions;

namespace Orchestrator.Workflows.Plan;

/// <summary>How flags are named, and which values they take.</summary>
public static partial class FlagRules
{
    public const string Off = "off";

    internal static void Examine(List<PlanProblem> problems, string at, string flag, string value)
    {
        if (!NamePattern().IsMatch(flag))
        {
            problems.Add(new($"{at}.flag", $"'{flag}' is not the name of a flag.", "Use letters, digits, dots, hyphens and underscores, a letter first, at most 100."));
        }

        if (!ValuePattern().IsMatch(value))
        {
            problems.Add(new($"{at}.value", $"'{value}' is not a value of a flag.", "Write off, on, or a percentage such as 25%."));
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._-]{0,99}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^(off|on|([1-9]?[0-9]|100)%)$")]
    private static partial Regex ValuePattern();
}
