using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>An answer that counts, in the role it was given in.</summary>
public sealed record CountedDecision(Answer Answer, string Who, string Role, string? Comment, string Evidence, DateTime At);

public enum Standing
{
    Waiting,
    Go,
    NoGo,
    Expired,
}

/// <summary>Who may answer, and what the answers amount to.</summary>
public static class GateRules
{
    /// <summary>Null when the decision counts, else one sentence that says why it does not.</summary>
    public static string? Refuse(GateView view, Decision decision)
    {
        if (string.IsNullOrWhiteSpace(decision.Who))
        {
            return "A decision needs a name: set 'who'.";
        }

        if (FindRole(view.Gate, decision) is not { } role)
        {
            return decision.Role is null
                ? $"{decision.Who} is no approver here; approvers are {Describe(view.Gate)}."
                : $"{decision.Who} does not hold the role '{decision.Role}'; approvers are {Describe(view.Gate)}.";
        }

        if (!view.Gate.RequesterMayDecide && SamePerson(decision.Who, view.Requester))
        {
            return $"{decision.Who} asked for this run and cannot approve it as {role.Name}.";
        }

        if (decision.Evidence is { } seen && seen != view.Evidence)
        {
            return $"The evidence has changed since: this decision is about {Short(seen)}, the evidence now is {Short(view.Evidence)}. Read it again.";
        }

        if (view.Counted.Any(d => SamePerson(d.Who, decision.Who)))
        {
            return $"{decision.Who} has already decided.";
        }

        return decision.Answer == Answer.Go ? RefuseGo(view) : null;
    }

    public static GateRole? FindRole(Gate gate, Decision decision) => gate.Roles.FirstOrDefault(role =>
        (decision.Role is null || role.Name == decision.Role) && role.IsHeldBy(decision.Who!));

    public static Standing Stand(GateView view, DateTime now)
    {
        if (view.Counted.Any(d => d.Answer == Answer.NoGo))
        {
            return Standing.NoGo;
        }

        if (view.Counted.Count(d => d.Answer == Answer.Go) >= view.Gate.Quorum)
        {
            return Standing.Go;
        }

        return now >= view.ExpiresAt ? Standing.Expired : Standing.Waiting;
    }

    public static string Describe(Gate gate) => string.Join("; ", gate.Roles.Select(role =>
        $"{role.Name}: {(role.People.Contains(GateRole.Anyone) ? "anyone" : string.Join(", ", role.People))}"));

    private static string? RefuseGo(GateView view)
    {
        var open = view.Checks.Where(c => c.Severity != Severity.Warn && c.Verdict != Verdict.Pass).ToList();
        return open.Count == 0
            ? null
            : $"The gate is shut: {string.Join("; ", open.Select(c => $"{c.Id} is {c.Verdict.ToString().ToLowerInvariant()} ({c.Measured ?? "not measured"}, wanted {c.Rule})"))}.";
    }

    private static bool SamePerson(string a, string b) => string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);

    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;
}
