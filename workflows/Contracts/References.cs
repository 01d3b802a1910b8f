using System.Text.Json.Serialization;

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
}

public sealed record RunReference(Guid Run, string Plan, string Environment, string Requester);

public sealed record BatchReference(RunReference Run, string Batch, string WorkflowId);

public sealed record StepReference(BatchReference Batch, string Step);
