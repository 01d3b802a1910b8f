using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Variables
{
    public static Measurement Measure(EnvironmentCheck check, CheckSite site)
    {
        var missing = check.Variables.Where(name => string.IsNullOrEmpty(site.ReadVariable(name))).ToList();
        return Measurement.OfDifferences(
            $"{check.Variables.Count - missing.Count} of {check.Variables.Count} set", [.. missing.Select(name => $"{name} is not set in the worker")]);
    }
}
