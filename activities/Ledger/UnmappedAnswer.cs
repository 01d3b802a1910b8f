namespace Orchestrator.Activities.Ledger;

public enum UnmappedAct
{
    /// <summary>Somebody is to look at it.</summary>
    Assign,

    /// <summary>This is the counterpart: the next run of the step takes it in.</summary>
    Resolve,

    /// <summary>There is none, and nobody is to be asked again.</summary>
    Close,

    /// <summary>It was answered wrongly.</summary>
    Reopen,
}

/// <summary>What a person says to an entry of the unmapped queue.</summary>
/// <param name="Act">Which of the acts.</param>
/// <param name="Who">In whose name.</param>
/// <param name="Why">Why; every act but assigning needs it.</param>
public sealed record UnmappedAnswer(UnmappedAct Act, string Who, string? Why)
{
    public string? Assignee { get; init; }

    public string? Target { get; init; }

    /// <summary>Why it cannot be said to an entry in this state; null where it can.</summary>
    public string? Refuse(string state) => (Act, state) switch
    {
        (UnmappedAct.Assign or UnmappedAct.Resolve or UnmappedAct.Close, "open" or "resolved") => null,
        (UnmappedAct.Reopen, "closed" or "resolved") => null,
        (UnmappedAct.Reopen, "open") => "it is open.",
        (_, "closed") => "it is closed; 'unmapped reopen' first.",
        (_, "settled") => "it is settled: the step has found a pair, or does not ask any more.",
        _ => throw new InvalidOperationException($"An unmapped entry cannot be '{state}'."),
    };

    internal UnmappedEntry Apply(UnmappedEntry entry) => Act switch
    {
        UnmappedAct.Assign => entry with { Assignee = Assignee },
        UnmappedAct.Resolve => entry with { State = "resolved", Target = Target, Who = Who, Why = Why },
        UnmappedAct.Close => entry with { State = "closed", Target = null, Who = Who, Why = Why },
        UnmappedAct.Reopen => entry with { State = "open", Target = null, Who = Who, Why = Why },
        _ => throw new InvalidOperationException($"No effect of {Act}."),
    };
}
