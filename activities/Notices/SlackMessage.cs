using System.Text.Json.Serialization;
using Orchestrator.Workflows.Gates;

namespace Orchestrator.Activities.Notices;

/// <summary>A message as Slack's incoming webhooks take it; others that take it are Mattermost, Rocket.Chat and Discord's <c>/slack</c>.</summary>
internal sealed record SlackMessage([property: JsonPropertyName("text")] string Text, [property: JsonPropertyName("blocks")] IReadOnlyList<SlackBlock> Blocks)
{
    // Slack refuses a block with more.
    private const int MostCharacters = 2_900;

    public static SlackMessage Of(Notice notice)
    {
        var headline = $"{notice.Title}: {WordsOf(notice.Kind)}";
        var run = notice.Batch.Run;
        var addressees = notice.Addressees.Count == 0 ? "" : $"{string.Join(", ", notice.Addressees)}: ";
        return new SlackMessage(
            $"{headline}. {addressees}{notice.Text}",
            [
                new SlackBlock($"*{Escape(headline)}*\n{Escape(addressees)}{Escape(notice.Text)}"),
                new SlackBlock($"Batch `{Escape(notice.Batch.Batch)}` on `{Escape(run.Environment)}`, asked for by {Escape(run.Requester)}. Workflow `{Escape(notice.Batch.WorkflowId)}`."),
            ]);
    }

    private static string WordsOf(NoticeKind kind) => kind switch
    {
        NoticeKind.GateOpened => "waiting for a decision",
        NoticeKind.Reminder => "still waiting for a decision",
        NoticeKind.Escalation => "nobody has decided",
        NoticeKind.DecisionsVoided => "the evidence has changed",
        NoticeKind.PersonNeeded => "a person is needed",
        NoticeKind.Closed => "ended",
        _ => throw new InvalidOperationException($"No words for {kind}."),
    };

    // The three characters that mean something in Slack's text; a check's measured value may hold any.
    private static string Escape(string text)
    {
        var escaped = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return escaped.Length > MostCharacters ? escaped[..MostCharacters] + "…" : escaped;
    }
}

internal sealed record SlackBlock([property: JsonIgnore] string Markdown)
{
    [JsonPropertyName("type")]
    public string Type { get; } = "section";

    [JsonPropertyName("text")]
    public SlackText Text => new(Markdown);
}

internal sealed record SlackText([property: JsonPropertyName("text")] string Text)
{
    [JsonPropertyName("type")]
    public string Type { get; } = "mrkdwn";
}
