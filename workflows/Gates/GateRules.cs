using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>An answer that counts, in the role it was given in.</summary>
public sealed record CountedDecision(Answer Answer, string Who, string Role, string? Comment, string Evidence, DateTime At)
{
    /// <summary>What was signed, as it was signed, with the key that it was verified by: enough to verify it again from the ledger alone.</summary>
    public SignedDecision? Proof { get; init; }
}

public sealed record SignedDecision(Decision Decision, string PublicKey);

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
    public static string? Refuse(GateView view, Decision decision, DateTime now)
    {
        if (string.IsNullOrWhiteSpace(decision.Who))
        {
            return "A decision needs a name: set 'who'.";
        }

        // The enum's converter takes numbers as well.
        if (!Enum.IsDefined(decision.Answer))
        {
            return "A decision is 'Go' or 'NoGo'.";
        }

        if (Longest(decision) > SteeringRules.MostCharacters)
        {
            return $"A decision's texts have at most {SteeringRules.MostCharacters:N0} characters.";
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

        if (now >= view.ExpiresAt)
        {
            return $"The gate expired at {view.ExpiresAt:yyyy-MM-dd HH:mm} UTC.";
        }

        if (decision.Evidence is { } seen && seen != view.Evidence)
        {
            return $"The evidence has changed since: this decision is about {Short(seen)}, the evidence now is {Short(view.Evidence)}. Read it again.";
        }

        if (view.Counted.Any(d => SamePerson(d.Who, decision.Who)))
        {
            return $"{decision.Who} has already decided.";
        }

        return RefuseSignature(view, decision) ?? (decision.Answer == Answer.Go ? RefuseGo(view, now) : null);
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

    // A no-go needs one as well: it destroys what was done.
    private static string? RefuseSignature(GateView view, Decision decision)
    {
        if (decision.Signature is null)
        {
            return view.Gate.SignaturesRequired ? $"This gate counts signed decisions only; {decision.Who} signs with 'decide --sign'." : null;
        }

        if (view.Gate.FindKey(decision.Who!) is not { } key)
        {
            return $"The plan has no public key of {decision.Who}, so the signature cannot be verified.";
        }

        if (decision.Evidence is null)
        {
            return "A signed decision must say which evidence it is about: set 'evidence'.";
        }

        return Signing.IsSigned(key.PublicKey, view.Run, view.Batch, decision)
            ? null
            : $"The signature is not {decision.Who}'s over this very decision on this run.";
    }

    private static string? RefuseGo(GateView view, DateTime now)
    {
        if (view.Gate.Window is { } window && !window.IsOpen(now))
        {
            return $"The release window is closed ({window}); it opens at {window.NextOpening(now):yyyy-MM-dd HH:mm} UTC.";
        }

        var open = view.Checks.Where(c => c.Severity != Severity.Warn && c.Verdict != Verdict.Pass).ToList();
        return open.Count == 0
            ? null
            : $"The gate is shut: {string.Join("; ", open.Select(c => $"{c.Id} is {c.Verdict.ToString().ToLowerInvariant()} ({c.Measured ?? "not measured"}, wanted {c.Rule})"))}.";
    }

    private static int Longest(Decision decision) =>
        new[] { decision.Who, decision.Role, decision.Comment, decision.Evidence }.Max(text => text?.Length ?? 0);

    private static bool SamePerson(string a, string b) => string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);

    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;
}
