using System.Text;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Workflows.Status;

/// <summary>The status as Markdown, for the details that the plain Temporal UI shows of a running workflow.</summary>
internal static class Story
{
    public static string Tell(BatchStatus status)
    {
        var story = new StringBuilder($"**{status.Title}**: {Words(status.Phase.ToString())}{(status.Paused ? ", paused" : "")}\n\n");
        foreach (var step in status.Steps)
        {
            story.Append($"- {step.Title}: {Words(step.Phase.ToString())}{(step.Note is null ? "" : $" ({step.Note})")}\n");
        }

        TellChecks(story, "Prechecks", status.Prechecks);
        TellChecks(story, "Postchecks", status.Postchecks);
        if (status is { Gate: { } gate, Phase: BatchPhase.Gate })
        {
            story.Append($"\n**{gate.Question}** {(gate.SignaturesRequired ? "Decisions here must be signed: `orchestrator decide --sign`." : "Send the signal `go` or `no-go` with `{\"who\":\"your name\"}`.")}\n");
            story.Append($"Waiting for {gate.Quorum} of {gate.WaitingFor}. Evidence {gate.Evidence[..12]}.\n\n");
            TellRehearsal(story, status.Rehearsal);
            foreach (var refusal in gate.Refusals)
            {
                story.Append($"- did not count: {refusal}\n");
            }
        }

        if (status.Reason is { } reason)
        {
            story.Append($"\n{reason}\n");
        }

        return story.ToString();
    }

    public static string TellOutcome(BatchOutcome outcome) =>
        $"{Words(outcome.Outcome.ToString())}{(outcome.Reason is null ? "." : $": {outcome.Reason}")}";

    public static string Tell(ProgramStatus status)
    {
        var story = new StringBuilder($"**{status.Title}** on {status.Environment}\n\n");
        foreach (var batch in status.Batches)
        {
            story.Append($"- {batch.Title}: {Words(batch.Outcome?.Outcome.ToString() ?? batch.State.ToString())}\n");
        }

        return story.ToString();
    }

    private static void TellChecks(StringBuilder story, string title, IReadOnlyList<CheckResult> checks)
    {
        if (checks.Count == 0)
        {
            return;
        }

        story.Append($"\n{title}:\n\n");
        foreach (var check in checks)
        {
            story.Append($"- {check.Title}: {Words(check.Verdict.ToString())}, {check.Measured ?? "not measured"} (wanted {check.Rule})\n");
        }
    }

    private static void TellRehearsal(StringBuilder story, RehearsalOutline? rehearsal)
    {
        if (rehearsal is null)
        {
            return;
        }

        story.Append($"{rehearsal.Describe()}.\n\n");
        foreach (var held in rehearsal.Locks)
        {
            story.Append($"- {held.Describe()}\n");
        }
    }

    // "NeedsPerson" reads as "needs person".
    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
