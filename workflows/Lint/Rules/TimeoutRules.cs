using System.Globalization;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class TimeoutRules
{
    public static LintRule Missing { get; } = new("lock-timeout-missing", Severity.Warning, "Nothing limits how long the statement waits for its lock")
    {
        Example = new("alter table orders add column channel text;", "set local lock_timeout = '5s';\nalter table orders add column channel text;")
        { Settings = settings => settings with { RunnerSetsLockTimeout = false } },
        Check = visit => visit.Settings.RunnerSetsLockTimeout || visit.Transaction.LockTimeoutIsSet ? [] :
            from effect in visit.Effects.All.Take(1)
            where effect.Lock >= LockLevel.Share && visit.IsInUse(effect.Relation)
            // Once a file is enough: the answer is the same for all that follows.
            where visit.Transaction.Held.All(held => held.Effect.Lock < LockLevel.Share || !visit.IsInUse(held.Effect.Relation))
            select new Offence(
                $"Behind one long query on {effect.Relation.Name} it waits without end, and everyone who comes after waits behind it.",
                new("Set a short lock_timeout and try again later.", [$"set local lock_timeout = '5s';\n{visit.Text};"]))
            { Relation = effect.Relation },
    };

    public static LintRule Weakened { get; } = new("lock-timeout-weakened", Severity.Error, "A file takes back the limit on waiting for locks")
    {
        Example = new("set local lock_timeout = 0;\nalter table orders add column channel text;", "set local lock_timeout = '2s';\nalter table orders add column channel text;"),
        Check = visit => visit.Statement is SetVariable { Name: "lock_timeout" } set && TooLong(set.Value, visit.Settings.LongestLockTimeout)
            || visit.Statement is ResetVariable { Name: "lock_timeout" or "all" }
            ? [new Offence(
                $"Everyone who comes after a waiting statement waits behind it, for longer than the {visit.Settings.LongestLockTimeout.TotalSeconds:0} s that are allowed.",
                new("Leave the limit to the orchestrator: it waits briefly, and comes back."))]
            : [],
    };

    private static bool TooLong(string value, TimeSpan longest) => Parse(value) is not { } timeout || timeout == TimeSpan.Zero || timeout > longest;

    // As the server reads it: milliseconds unless a unit is given.
    private static TimeSpan? Parse(string value)
    {
        var trimmed = value.Trim();
        var digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(trimmed.AsSpan(0, digits), CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        double? milliseconds = trimmed[digits..].Trim() switch
        {
            "" or "ms" => 1,
            "us" => 0.001,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => null,
        };
        return milliseconds is { } unit && number * unit < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(number * unit) : null;
    }
}
