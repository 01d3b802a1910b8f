using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Rendering;

/// <summary>What happened between two looks at a batch.</summary>
internal static class StatusDiff
{
    public static IEnumerable<FollowEvent> Between(BatchStatus? before, BatchStatus now)
    {
        if (now.Title.Length > 0 && before?.Title != now.Title)
        {
            yield return new(FollowKind.Batch, now.Batch, null, now.Phase.ToString(), now.Title);
        }

        foreach (var happened in Checks(now.Batch, before?.Prechecks ?? [], now.Prechecks)
            .Concat(TakesBack(now) ? [] : Steps(before, now))
            .Concat(Checks(now.Batch, before?.Postchecks ?? [], now.Postchecks))
            .Concat(Page(before?.Artifacts ?? [], now.Artifacts, now.Batch) is { } page ? [page] : [])
            .Concat(Gate(before?.Gate, now))
            .Concat(Phase(before, now))
            // On the way back the last step comes first, and the reason before all of them.
            .Concat(TakesBack(now) ? Steps(before, now).Reverse() : []))
        {
            yield return happened;
        }
    }

    private static bool TakesBack(BatchStatus status) =>
        status.Steps.Any(s => s.Phase is StepPhase.Undoing or StepPhase.Undone or StepPhase.UndoSkipped);

    private static IEnumerable<FollowEvent> Steps(BatchStatus? before, BatchStatus now)
    {
        foreach (var step in now.Steps)
        {
            var old = before?.Steps.FirstOrDefault(s => s.Id == step.Id);
            if (step.Phase == (old?.Phase ?? StepPhase.Waiting) && step.Note == old?.Note)
            {
                continue;
            }

            var note = step.Note is null ? "" : $": {step.Note}";
            yield return new(FollowKind.Step, now.Batch, step.Id, step.Phase.ToString(), $"{step.Title} {Words.Of(step.Phase)}{note}");
        }
    }

    private static IEnumerable<FollowEvent> Checks(string batch, IReadOnlyList<CheckResult> before, IReadOnlyList<CheckResult> now)
    {
        foreach (var check in now.Where(c => !before.Contains(c)))
        {
            var measured = check.Measured is null ? "not measured" : $"measured {check.Measured}, wanted {check.Rule}";
            var why = check.Explanation is null ? "" : $" ({check.Explanation})";
            yield return new(FollowKind.Check, batch, check.Id, check.Verdict.ToString(), $"{check.Title}: {Words.Of(check.Verdict)}, {measured}{why}");
        }
    }

    /// <summary>The page that people open; the other forms of the report lie beside it.</summary>
    public static FollowEvent? Page(IReadOnlyList<Artifact> before, IReadOnlyList<Artifact> now, string? batch = null) =>
        now.FirstOrDefault(a => a.Path.EndsWith(".html", StringComparison.Ordinal)) is { } page && !before.Contains(page)
            ? new(FollowKind.Report, batch, page.Path, page.Digest, $"Report: {page.File ?? $"{page.Path} (in the ledger)"}")
            : null;

    private static IEnumerable<FollowEvent> Gate(GateStatus? before, BatchStatus now)
    {
        if (now.Gate is not { } gate)
        {
            yield break;
        }

        if (before is null)
        {
            yield return new(FollowKind.Gate, now.Batch, null, "Open", $"{gate.Question} Waiting for {gate.Quorum} of {gate.WaitingFor}. Evidence {gate.Evidence[..12]}.");
        }
        else if (before.Evidence != gate.Evidence)
        {
            yield return new(FollowKind.Gate, now.Batch, null, "Open", $"The evidence has changed to {gate.Evidence[..12]}; what was decided on the old one no longer counts.");
        }

        foreach (var counted in gate.Counted.Where(d => before?.Counted.Contains(d) != true))
        {
            yield return new(FollowKind.Decision, now.Batch, counted.Who, counted.Answer.ToString(), $"{counted.Who} ({counted.Role}) said {(counted.Answer == Answer.Go ? "go" : "no-go")}");
        }

        foreach (var refusal in gate.Refusals.Where(r => before?.Refusals.Contains(r) != true))
        {
            yield return new(FollowKind.Refusal, now.Batch, null, null, $"Did not count. {refusal}");
        }
    }

    private static IEnumerable<FollowEvent> Phase(BatchStatus? before, BatchStatus now)
    {
        if (now.Paused != (before?.Paused ?? false))
        {
            yield return new(FollowKind.Batch, now.Batch, null, now.Paused ? "Paused" : "Resumed", now.Paused ? "Paused" : "Resumed");
        }

        if (TakesBack(now) && (before is null || !TakesBack(before)))
        {
            yield return new(FollowKind.Batch, now.Batch, null, "Undoing", $"Taking back what was done. {now.Reason}");
        }

        if (now.Phase == BatchPhase.NeedsPerson && before?.Phase != BatchPhase.NeedsPerson)
        {
            yield return new(FollowKind.Batch, now.Batch, null, "NeedsPerson", "An undo failed and waits for a person: 'orchestrator retry', if need be with --undo-file and a corrected script, or 'orchestrator skip' with a reason.");
        }
    }
}
