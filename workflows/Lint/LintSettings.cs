using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint;

public sealed record LintSettings
{
    public const int OldestPostgres = 12;
    public const int NewestPostgres = 18;

    /// <summary>The major version of the server that will run the plan.</summary>
    public required int PostgresVersion
    {
        get;
        init => field = value is >= OldestPostgres and <= NewestPostgres
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PostgresVersion), value, $"PostgresVersion must be from {OldestPostgres} to {NewestPostgres}.");
    }

    /// <summary>Whether lock_timeout is set for each statement by what runs the files, as the orchestrator does.</summary>
    public bool RunnerSetsLockTimeout { get; init; } = true;

    /// <summary>A file may not wait longer than this for a lock: everyone who comes after it waits behind it.</summary>
    public TimeSpan LongestLockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where names without a schema live.</summary>
    public string DefaultSchema { get; init; } = "public";

    /// <summary>What is known of tables that were there before; with it, harmless changes of a type are recognised.</summary>
    public ImmutableArray<KnownColumn> KnownColumns { get; init; } = [];

    public int MaxFindings { get; init; } = 1_000;
}

/// <summary>A column of an existing table, with its type as <c>format_type</c> prints it.</summary>
public sealed record KnownColumn(SqlName Table, string Column, string Type, bool NotNull);
