using System.Globalization;

namespace Orchestrator.Workflows.Contracts;

/// <summary>What the rehearsal of a batch measured, for those who decide about the batch.</summary>
public sealed record RehearsalOutline
{
    public required DateTime At { get; init; }

    public required bool Passed { get; init; }

    public required double ForwardSeconds { get; init; }

    public required double BackSeconds { get; init; }

    public required IReadOnlyList<RehearsedStep> Steps { get; init; }

    /// <summary>The ones that hurt most: rewritten tables first, then by how long they were held.</summary>
    public required IReadOnlyList<HeldLock> Locks { get; init; }

    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"Rehearsed {At:yyyy-MM-dd HH:mm} UTC, {(Passed ? "passed" : "failed")}: forward {ForwardSeconds:0.0} s, back {BackSeconds:0.0} s");
}

public sealed record RehearsedStep(string Step, double Seconds);

/// <summary>The strongest lock that a file really held on a table or index that was there before it.</summary>
public sealed record HeldLock(string File, string Relation, string Lock, double Milliseconds, bool Rewritten, long RowsRead)
{
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Relation}: {Lock} for {Milliseconds:0.#} ms{(Rewritten ? ", written anew" : "")}{(RowsRead > 0 ? $", {RowsRead:N0} rows read" : "")} ({File})");
}
