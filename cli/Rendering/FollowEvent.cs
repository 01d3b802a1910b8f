using System.Text.Json.Serialization;

namespace Orchestrator.Cli.Rendering;

[JsonConverter(typeof(JsonStringEnumConverter<FollowKind>))]
internal enum FollowKind
{
    Note,
    Batch,
    Step,
    Check,
    Report,
    Gate,
    Decision,
    Refusal,
    Outcome,
}

/// <summary>One thing that happened, for people as a line and for machines as a JSON object.</summary>
internal sealed record FollowEvent(FollowKind Kind, string? Batch, string? Subject, string? State, string Text);
