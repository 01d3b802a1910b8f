using System.Text.Json.Serialization;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Contracts;

/// <summary>What a step has changed, in one attempt or in the attempts before it.</summary>
public sealed record StepEffect(Effect Effect, long Rows, string Note);

[JsonConverter(typeof(JsonStringEnumConverter<Effect>))]
public enum Effect
{
    Changed,

    /// <summary>A rerun: everything was there already.</summary>
    Nothing,
}

[JsonConverter(typeof(JsonStringEnumConverter<CheckMoment>))]
public enum CheckMoment
{
    Precheck,
    Postcheck,
}

public sealed record CheckRound(BatchReference Batch, CheckMoment Moment);

public sealed record CheckResult
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required Severity Severity { get; init; }

    public required Verdict Verdict { get; init; }

    public required string Rule { get; init; }

    public string? Measured { get; init; }

    public string? Explanation { get; init; }

    public required string QueryDigest { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
public enum Outcome
{
    Done,

    /// <summary>Everything that was done has been taken back.</summary>
    Undone,

    /// <summary>A precheck said no: nothing was done.</summary>
    Refused,

    /// <summary>Stopped with effects left: an undo was skipped by a person.</summary>
    Failed,
}

/// <summary>Why a batch did not go through.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopCause>))]
public enum StopCause
{
    Precheck,
    StepFailed,
    HardStop,
    NoGo,
    Expired,
    Aborted,

    /// <summary>A batch that was finished is taken back on request.</summary>
    RolledBack,
}

public sealed record BatchOutcome(Outcome Outcome, StopCause? Cause, string? Reason);

public sealed record ProgramOutcome(Outcome Outcome, string? Batch, StopCause? Cause, string? Reason);

public sealed record BatchClosing(BatchReference Batch, BatchOutcome Outcome);

public sealed record RunClosing(RunReference Run, Outcome Outcome);

public sealed record SteeringRecord(BatchReference Batch, SteeringAct Act, string? Who, string? Reason, DateTime At);

public sealed record DecisionRecord(BatchReference Batch, CountedDecision Decision);
