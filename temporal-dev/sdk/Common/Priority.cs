namespace Temporalio.Common;

/// <summary>Order of a backlog: lower keys first; within a key, dispatches shared between fairness keys by weight.</summary>
public sealed record Priority
{
    public Priority(int? priorityKey = null, string? fairnessKey = null, float? fairnessWeight = null)
    {
        PriorityKey = priorityKey;
        FairnessKey = fairnessKey;
        FairnessWeight = fairnessWeight;
    }

    internal Priority(Api.Common.V1.Priority? proto)
        : this(
            proto is { PriorityKey: not 0 } ? proto.PriorityKey : null,
            proto is { FairnessKey.Length: > 0 } ? proto.FairnessKey : null,
            proto is { FairnessWeight: not 0 } ? proto.FairnessWeight : null)
    {
    }

    /// <summary>Everything inherited from the calling workflow, or left to the server.</summary>
    public static Priority Default { get; } = new();

    public int? PriorityKey { get; init; }

    public string? FairnessKey { get; init; }

    public float? FairnessWeight { get; init; }

    internal Api.Common.V1.Priority ToProto() => new()
    {
        PriorityKey = PriorityKey ?? 0,
        FairnessKey = FairnessKey ?? string.Empty,
        FairnessWeight = FairnessWeight ?? 0,
    };
}
