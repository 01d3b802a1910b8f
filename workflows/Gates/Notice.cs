using System.Text.Json.Serialization;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Workflows.Gates;

[JsonConverter(typeof(JsonStringEnumConverter<NoticeKind>))]
public enum NoticeKind
{
    GateOpened,
    Reminder,
    Escalation,

    /// <summary>What was measured changed, and decisions that had counted no longer do.</summary>
    DecisionsVoided,

    /// <summary>An undo failed and waits for retry or skip.</summary>
    PersonNeeded,
    Closed,
}

/// <summary>Something that people who are not looking should hear of.</summary>
/// <param name="Addressees">Names of people, or empty for everybody who reads the channel.</param>
public sealed record Notice(BatchReference Batch, string Title, NoticeKind Kind, string Text, IReadOnlyList<string> Addressees);
