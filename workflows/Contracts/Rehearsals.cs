using System.Text.Json.Serialization;
using Temporalio.Activities;

namespace Orchestrator.Workflows.Contracts;

public interface IRehearsalActivities
{
    [Activity]
    Task CloneAsync(RunReference rehearsal);

    [Activity]
    Task TakeFingerprintAsync(FingerprintRequest request);

    [Activity]
    Task<FingerprintComparison> CompareFingerprintsAsync(ComparisonRequest request);

    [Activity]
    Task<IReadOnlyList<Artifact>> ReportRehearsalAsync(RehearsalFindings findings);

    [Activity]
    Task DropClonesAsync(RunReference rehearsal);
}

public sealed record FingerprintRequest(RunReference Rehearsal, string Label);

public sealed record ComparisonRequest(RunReference Rehearsal, string Before, string After);

/// <summary>What is different, each in a sentence; the first ones only.</summary>
public sealed record FingerprintComparison(IReadOnlyList<string> Schema, IReadOnlyList<string> Data)
{
    [JsonIgnore]
    public bool IsEqual => Schema.Count == 0 && Data.Count == 0;
}

/// <summary>How one batch fared: forward, back, and forward again.</summary>
public sealed record BatchRehearsal
{
    public required string Batch { get; init; }

    public required string Title { get; init; }

    /// <summary>Null when the batch did all that it should; else the first thing that went wrong.</summary>
    public string? Failure { get; init; }

    /// <summary>The batch was done on the original, so there was nothing to rehearse.</summary>
    public bool WasThere { get; init; }

    public TimeSpan Forward { get; init; }

    public TimeSpan Back { get; init; }

    public TimeSpan Again { get; init; }

    /// <summary>What is not as it was before, once the batch was taken back: each is a mistake in an undo.</summary>
    public IReadOnlyList<string> LeftBehind { get; init; } = [];

    /// <summary>What differs between the first time and the second: often a clock or a sequence, and no mistake then.</summary>
    public IReadOnlyList<string> NotRepeated { get; init; } = [];
}

public sealed record RehearsalFindings(RunReference Rehearsal, IReadOnlyList<BatchRehearsal> Batches, DateTime At)
{
    [JsonIgnore]
    public bool Passed => Batches.All(b => b.Failure is null);
}

public sealed record RehearsalOutcome(bool Passed, string Environment, IReadOnlyList<BatchRehearsal> Batches, IReadOnlyList<Artifact> Artifacts);

/// <summary>What the query <c>status</c> of a rehearsal answers.</summary>
public sealed record RehearsalStatus(string Plan, string Environment, string Doing, IReadOnlyList<BatchRehearsal> Batches, RehearsalOutcome? Outcome);
