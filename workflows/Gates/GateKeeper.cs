using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>Keeps one gate: what it was opened on, who was heard, who was not and why.</summary>
public sealed class GateKeeper(BatchReference batch)
{
    private const int RefusalsKept = 10;

    // Evidence grows old while people sleep; doubled up to the longest, a week of waiting stays a short history.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Queue<CountedDecision> _unrecorded = new();
    private readonly List<string> _refusals = [];
    private TimeSpan _look = FirstLook;
    private GateReminders? _reminders;

    public GateView? View { get; private set; }

    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>Answers that count and are not in the ledger yet.</summary>
    public bool HasUnrecorded => _unrecorded.Count > 0;

    public void Open(Gate gate, IReadOnlyList<CheckResult> checks, DateTime now)
    {
        View = new GateView
        {
            Gate = gate,
            Run = batch.Run.Run,
            Batch = batch.Batch,
            Requester = batch.Run.Requester,
            Checks = checks,
            Evidence = Evidence.DigestOf(batch, checks),
            ExpiresAt = now + gate.ExpiresAfter,
        };
        _reminders = GateReminders.From(gate, now);
    }

    /// <summary>A gate that has waited long goes on in another run of its workflow, with everything that was said.</summary>
    public GateCarry Carry() => new(View!, _reminders!, _look, [.. _refusals]);

    public void Resume(GateCarry carry)
    {
        View = carry.View;
        _reminders = carry.Reminders;
        _look = carry.Look;
        _refusals.AddRange(carry.Refusals);
    }

    /// <summary>The names of those whose decisions were about the old evidence and no longer count.</summary>
    public IReadOnlyList<string> Measured(IReadOnlyList<CheckResult> checks)
    {
        var before = View!;
        View = before.Measured(Evidence.DigestOf(batch, checks), checks);
        if (View.Evidence == before.Evidence || before.Counted.Count == 0)
        {
            return [];
        }

        List<string> voided = [.. before.Counted.Select(d => d.Who)];
        Remember($"{string.Join(", ", voided)}: The evidence has changed since, from {before.Evidence[..12]} to {View.Evidence[..12]}. Read it and decide again.");
        return voided;
    }

    /// <param name="decision">Null where somebody sent the JSON <c>null</c>.</param>
    /// <param name="now">When it is heard.</param>
    public string? Refuse(Decision? decision, DateTime now) => (View, decision) switch
    {
        (null, _) => "This batch is not at its gate; to stop it now, send 'abort' with a reason.",
        (_, null) => "A decision needs an 'answer' and a name in 'who'.",
        var (view, said) => GateRules.Refuse(view, said, now),
    };

    public void Hear(Decision decision, DateTime now)
    {
        if (Refuse(decision, now) is { } refusal)
        {
            Remember($"{NameOf(decision)}: {refusal}");
            return;
        }

        var view = View!;
        var role = GateRules.FindRole(view.Gate, decision)!;
        var counted = new CountedDecision(decision.Answer, decision.Who!.Trim(), role.Name, decision.Comment, view.Evidence, now)
        {
            Proof = decision.Signature is null ? null : new SignedDecision(decision, view.Gate.FindKey(decision.Who!)!.PublicKey),
        };
        View = view.With(counted);
        _unrecorded.Enqueue(counted);
    }

    public Standing Stand(DateTime now) => GateRules.Stand(View!, now);

    public CountedDecision TakeUnrecorded() => _unrecorded.Dequeue();

    /// <summary>When to measure again although nobody has said a word.</summary>
    public DateTime NextLook(DateTime now)
    {
        var look = now + _look;
        _look = _look * 2 < LongestWait ? _look * 2 : LongestWait;
        return View!.ExpiresAt < look ? View.ExpiresAt.Value : look;
    }

    /// <summary>When to tell people again that they are waited for.</summary>
    public DateTime? NextNotice => _reminders?.Next;

    /// <summary>Stands beside the gate's timer in Temporal's own pages, where it would have no name otherwise.</summary>
    public string ReasonToWake(DateTime at) =>
        at == View!.ExpiresAt ? "The gate expires"
        : at == NextNotice ? "Remind the approvers"
        : "Measure the evidence of the gate again";

    public NoticeKind? TakeNotice(DateTime now)
    {
        (var due, _reminders) = _reminders!.Take(View!.Gate, now);
        return due;
    }

    public string NoGoReason()
    {
        var no = View!.Counted.First(d => d.Answer == Answer.NoGo);
        return string.IsNullOrWhiteSpace(no.Comment) ? $"{no.Who} ({no.Role}) said no-go." : $"{no.Who} ({no.Role}) said no-go: {no.Comment}";
    }

    // What did not count may be of any length, and is shown all the same.
    private static string NameOf(Decision decision) => decision.Who switch
    {
        null => "(no name)",
        { Length: > 60 } lengthy => $"{lengthy[..60]}...",
        var name => name,
    };

    private void Remember(string refusal)
    {
        if (_refusals.Count == RefusalsKept)
        {
            _refusals.RemoveAt(0);
        }

        _refusals.Add(refusal);
    }
}

/// <summary>What a gate remembers from one run of its workflow to the next.</summary>
public sealed record GateCarry(GateView View, GateReminders Reminders, TimeSpan Look, IReadOnlyList<string> Refusals);
