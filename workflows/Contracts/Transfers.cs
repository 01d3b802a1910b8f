using System.Text.Json.Serialization;
using Temporalio.Activities;

namespace Orchestrator.Workflows.Contracts;

/// <summary>Input of TransferWorkflow. The opening is carried along when a long history is cut.</summary>
public sealed record TransferInput(StepReference Step, TransferOpening? Opening = null);

/// <summary>A step that was opened for work; settled where there was nothing left to do.</summary>
public sealed record TransferOpening
{
    public StepEffect? Settled { get; init; }

    public long Fence { get; init; }

    public int Round { get; init; }

    public int Lanes { get; init; }
}

/// <summary>One of the workers of a transfer, for one slice of time: a retry of a lane continues with what the ledger says.</summary>
public sealed record LaneReference(StepReference Step, TransferOpening Opening, int Lane, TimeSpan Slice);

[JsonConverter(typeof(JsonStringEnumConverter<LaneEnd>))]
public enum LaneEnd
{
    /// <summary>There is more to do; the workflow starts the next slice.</summary>
    SliceOver,

    NothingLeft,

    /// <summary>Somebody asked for fewer lanes.</summary>
    Surplus,
}

public sealed record LaneReport(LaneEnd End, TransferProgress Progress);

/// <summary>How far a transfer is: the heartbeat of its lanes, and what the query <c>progress</c> answers.</summary>
public sealed record TransferProgress
{
    public required long Rows { get; init; }

    /// <summary>Keys passed, whether or not their rows had to be written.</summary>
    public required long Walked { get; init; }

    public required long Chunks { get; init; }

    public required long Estimate { get; init; }

    public long Quarantined { get; init; }

    public int ChunkRows { get; init; }

    public double RowsPerSecond { get; init; }

    /// <summary>What holds it up: a throttle's sentence.</summary>
    public string? Waiting { get; init; }

    [JsonIgnore]
    public TimeSpan? Left => RowsPerSecond > 0 && Estimate > Walked ? TimeSpan.FromSeconds((Estimate - Walked) / RowsPerSecond) : null;
}

/// <summary>Changes a running transfer, within two chunks; what is null stays as it is: <c>{"who":"ada","chunkMilliseconds":200}</c>.</summary>
public sealed record Tuning
{
    [JsonPropertyName("who")]
    public string? Who { get; init; }

    [JsonPropertyName("chunkMilliseconds")]
    public int? ChunkMilliseconds { get; init; }

    /// <summary>Zero takes a limit away again.</summary>
    [JsonPropertyName("rowsPerSecond")]
    public int? RowsPerSecond { get; init; }

    [JsonPropertyName("lanes")]
    public int? Lanes { get; init; }
}

public sealed record TuningRequest(StepReference Step, Tuning Tuning);

public interface ITransferActivities
{
    /// <summary>Takes the step, and cuts its keys into ranges where that was not done before.</summary>
    [Activity]
    Task<TransferOpening> OpenTransferAsync(StepReference step);

    [Activity]
    Task<LaneReport> RunLaneAsync(LaneReference lane);

    /// <summary>Adds the ranges of what has come meanwhile; false where there is nothing more to walk.</summary>
    [Activity]
    Task<bool> ExtendTransferAsync(LaneReference lane);

    [Activity]
    Task<StepEffect> FinishTransferAsync(LaneReference lane);

    /// <summary>Answers with what was changed, or why not.</summary>
    [Activity]
    Task<string> TuneAsync(TuningRequest request);
}
