using System.Collections.Immutable;

namespace Orchestrator.Workflows.Lint;

/// <summary>One rule with the examples that explain and test it.</summary>
public sealed record LintRule(string Id, Severity Severity, string Title)
{
    public required RuleExample Example { get; init; }

    /// <summary>Speaks of the text itself, so that no reason could make it go away.</summary>
    public bool CannotBeAllowed { get; init; }

    internal Func<Visit, IEnumerable<Offence>> Check { get; init; } = static _ => [];
}

/// <summary>A plan that breaks the rule and one that does not, on the tables of <see cref="ExampleSchema"/>. Each text is a file.</summary>
public sealed record RuleExample(ImmutableArray<string> Bad, ImmutableArray<string> Good)
{
    public ExampleRun Run { get; init; }

    /// <summary>The SQLSTATE with which the server refuses the bad one, where it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>The oldest PostgreSQL that understands both.</summary>
    public int Since { get; init; } = LintSettings.OldestPostgres;

    internal Func<LintSettings, LintSettings> Settings { get; init; } = static settings => settings;

    public RuleExample(string bad, string good)
        : this([bad], [good])
    {
    }
}

public enum ExampleRun
{
    /// <summary>On a scratch database, in a transaction that is rolled back.</summary>
    InTransaction,

    /// <summary>On a scratch database, outside of a transaction.</summary>
    Alone,

    /// <summary>Nowhere: it is no SQL, or it needs what a scratch database has not.</summary>
    NotAtAll,
}
