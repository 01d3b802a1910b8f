using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>When people are told again that a gate waits for them, and when others are told as well.</summary>
public sealed record GateReminders
{
    public required DateTime? NextReminder { get; init; }

    public required DateTime? Escalation { get; init; }

    /// <summary>When there is something to tell.</summary>
    public DateTime? Next => (NextReminder, Escalation) switch
    {
        ({ } reminder, { } escalation) => reminder < escalation ? reminder : escalation,
        var (reminder, escalation) => reminder ?? escalation,
    };

    public static GateReminders From(Gate gate, DateTime opened) => new()
    {
        NextReminder = opened + gate.RemindEvery,
        Escalation = opened + gate.EscalateAfter,
    };

    /// <summary>What is due, and what is left. Reminders that were missed while nobody worked are one reminder.</summary>
    public (NoticeKind? Due, GateReminders Left) Take(Gate gate, DateTime now)
    {
        if (now >= Escalation)
        {
            return (NoticeKind.Escalation, this with { Escalation = null });
        }

        return now >= NextReminder
            ? (NoticeKind.Reminder, this with { NextReminder = now + gate.RemindEvery })
            : (null, this);
    }
}
