using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>An exception is worth something only if it says why, and if it is still needed.</summary>
internal static class SuppressionRules
{
    private const string Form = "-- lint: allow <rule> because <reason>";

    public static LintRule WithoutReason { get; } = new("suppression-without-reason", Severity.Error, "A finding is allowed without a reason")
    {
        Example = new(
            "-- lint: allow truncate\ntruncate events_2026;",
            "-- lint: allow truncate because the rehearsal filled it and nobody reads it yet\ntruncate events_2026;"),
        CannotBeAllowed = true,
    };

    public static LintRule OfUnknownRule { get; } = new("suppression-of-unknown-rule", Severity.Error, "What is allowed is no rule")
    {
        Example = new(
            "-- lint: allow trunkate because nobody reads it yet\ntruncate events_2026;",
            "-- lint: allow truncate because nobody reads it yet\ntruncate events_2026;"),
        CannotBeAllowed = true,
    };

    public static LintRule Unused { get; } = new("suppression-unused", Severity.Warning, "What is allowed does not happen")
    {
        Example = new(
            "-- lint: allow truncate because nobody reads it yet\ncreate table invoices (id bigint primary key);",
            "-- lint: allow truncate because nobody reads it yet\ntruncate events_2026;"),
        CannotBeAllowed = true,
    };

    public static Offence Of(LintRule rule, string about)
    {
        if (rule == WithoutReason)
        {
            return new("Whoever approves the plan cannot judge an exception without its reason, so it does not hold.", new($"Write '{Form}' directly above the statement."));
        }

        if (rule == OfUnknownRule)
        {
            return new(
                $"There is no rule '{about}', so nothing is allowed by this.",
                new(Nearest.Among(about, LintRules.All.Select(rule => rule.Id)) ?? "Take the name from the finding."));
        }

        return new(
            $"No finding of '{about}' is here to allow: the next one that appears would be let through unseen.",
            new("Remove it; a remark must stand directly above the statement that it is about."));
    }
}
