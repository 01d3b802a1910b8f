using System.Text.Json.Serialization;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Workflows.Contracts;

/// <summary>Input of ProgramWorkflow. Small on purpose: the plan itself is in the ledger, under its digest.</summary>
public sealed record ProgramInput
{
    [JsonPropertyName("plan")]
    public required string Plan { get; init; }

    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    [JsonPropertyName("requester")]
    public required string Requester { get; init; }
}

/// <summary>Input of BatchWorkflow: <c>{"plan":"(digest)","environment":"local","batch":"order-totals","requester":"ada"}</c>.</summary>
public sealed record BatchInput
{
    [JsonPropertyName("plan")]
    public required string Plan { get; init; }

    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    [JsonPropertyName("batch")]
    public required string Batch { get; init; }

    [JsonPropertyName("requester")]
    public required string Requester { get; init; }

    /// <summary>The program's run; a batch that is started alone is a run of its own.</summary>
    [JsonPropertyName("run")]
    public Guid? Run { get; init; }

    /// <summary>Set to take a finished batch back instead of running it: why.</summary>
    [JsonPropertyName("rollback")]
    public string? Rollback { get; init; }

    /// <summary>A carried batch that nobody's program started; nobody else sets it.</summary>
    [JsonPropertyName("alone")]
    public bool IsAlone { get; init; }

    [JsonIgnore]
    public bool IsRunOfItsOwn => Run is null || IsAlone;

    /// <summary>A batch that has waited at its gate for long goes on from here; nobody else sets it.</summary>
    [JsonPropertyName("carry")]
    public BatchCarry? Carry { get; init; }
}

/// <summary>What a batch at its gate hands to the next run of its workflow.</summary>
public sealed record BatchCarry
{
    public required BatchOutline Outline { get; init; }

    public required IReadOnlyList<StepStatus> Steps { get; init; }

    public required IReadOnlyList<CheckResult> Prechecks { get; init; }

    public required IReadOnlyList<CheckResult> Postchecks { get; init; }

    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    public required GateCarry Gate { get; init; }

    public required bool Paused { get; init; }
}

public sealed record RunReference(Guid Run, string Plan, string Environment, string Requester);

public sealed record BatchReference(RunReference Run, string Batch, string WorkflowId);

public sealed record StepReference(BatchReference Batch, string Step);
