using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>Who may say go, how many of them must, when, and for how long they are asked.</summary>
public sealed record Gate
{
    public required string Question { get; init; }

    public required IReadOnlyList<GateRole> Roles { get; init; }

    public required int Quorum { get; init; }

    public required bool RequesterMayDecide { get; init; }

    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>The people who can sign what they say, with their public keys.</summary>
    public IReadOnlyList<ApproverKey>? Keys { get; init; }

    /// <summary>Nothing counts here that is not signed, whichever way it comes in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SignaturesRequired { get; init; }

    /// <summary>How often people are told again that they are waited for.</summary>
    public TimeSpan? RemindEvery { get; init; }

    /// <summary>After this long the people of <see cref="EscalateTo"/> are told as well, once.</summary>
    public TimeSpan? EscalateAfter { get; init; }

    public IReadOnlyList<string>? EscalateTo { get; init; }

    /// <summary>A go counts only while this is open: what it lets through happens at once.</summary>
    public ReleaseWindow? Window { get; init; }

    public ApproverKey? FindKey(string person) => Keys?.FirstOrDefault(k => string.Equals(k.Who, person.Trim(), StringComparison.OrdinalIgnoreCase));
}

/// <summary>A role and the people who hold it; the name <c>*</c> stands for anyone who gives a name.</summary>
public sealed record GateRole(string Name, IReadOnlyList<string> People)
{
    public const string Anyone = "*";

    public bool IsHeldBy(string person) =>
        People.Any(p => p == Anyone || string.Equals(p, person, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A person's public key: ECDSA on P-256, as Base64 of its SubjectPublicKeyInfo.</summary>
public sealed record ApproverKey(string Who, string PublicKey);
