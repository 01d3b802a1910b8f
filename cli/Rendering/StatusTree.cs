using Orchestrator.Cli.Programs;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Rendering;

/// <summary>A program at one moment as lines of text: batches, what is open of them, and for whom they wait.</summary>
internal static class StatusTree
{
    public static IReadOnlyList<string> Render(ProgramLook look, string? progress)
    {
        var program = look.Program;
        var lines = new List<string>
        {
            $"{program.Title} on {program.Environment}{(program.Paused ? ", paused" : "")}{(program.Outcome is { } outcome ? $": {Words.Of(outcome.Outcome)}" : "")}",
        };
        foreach (var line in program.Batches)
        {
            var batch = look.Batches.FirstOrDefault(b => b.Batch == line.Id);
            lines.Add($"  {Mark(line)} {line.Title}: {StateOf(line, batch)}");
            if (batch is not null && line.State == BatchLineState.Running)
            {
                lines.AddRange(Open(batch, progress).Select(inner => $"      {inner}"));
            }
        }

        if (look.Trouble is { } trouble)
        {
            lines.Add($"  ! {trouble.Sentence}");
        }

        if (program.Outcome?.Reason is { } reason)
        {
            lines.Add($"  {reason}");
        }

        return lines;
    }

    private static IEnumerable<string> Open(BatchStatus batch, string? progress)
    {
        foreach (var step in batch.Steps)
        {
            var now = step.Phase == StepPhase.Running && progress is not null ? $": {progress}" : step.Note is null ? "" : $": {step.Note}";
            yield return $"{Mark(step.Phase)} {step.Title} {Words.Of(step.Phase)}{now}";
        }

        foreach (var check in batch.Prechecks.Concat(batch.Postchecks).Where(c => c.Verdict != Verdict.Pass))
        {
            yield return $"! {check.Title} {Words.Of(check.Verdict)}: {check.Explanation ?? check.Measured}, wanted {check.Rule}";
        }

        if (batch is { Phase: BatchPhase.Gate, Gate: { } gate })
        {
            yield return $"? {gate.Question} Evidence {gate.Evidence[..12]}.{(gate.ExpiresAt is { } at ? $" Expires {at:yyyy-MM-dd HH:mm} UTC." : "")}";
            foreach (var line in Rehearsed(batch))
            {
                yield return $"  {line}";
            }

            foreach (var said in gate.Counted)
            {
                yield return $"  {said.Who} ({said.Role}) said {(said.Answer == Workflows.Gates.Answer.Go ? "go" : "no-go")}{(said.Proof is null ? "" : ", signed")}{(said.Comment is null ? "" : $": {said.Comment}")}";
            }

            foreach (var refusal in gate.Refusals)
            {
                yield return $"  did not count: {refusal}";
            }
        }

        if (WaitingFor.Describe(batch) is { } waiting)
        {
            yield return $"Waiting for {waiting}.";
        }

        if (batch.Reason is { } reason)
        {
            yield return reason;
        }
    }

    private static IEnumerable<string> Rehearsed(BatchStatus batch) =>
        batch.Rehearsal is not { } rehearsal ? [] : [rehearsal.Describe(), .. rehearsal.Locks.Select(held => $"  {held.Describe()}")];

    private static string StateOf(BatchLine line, BatchStatus? batch) => line switch
    {
        { Outcome: { } outcome } => Words.Of(outcome.Outcome),
        { State: BatchLineState.Waiting } => "waiting for its turn",
        _ when batch is { Paused: true } => "paused",
        _ => batch is null ? "running" : Words.Of(batch.Phase),
    };

    private static char Mark(BatchLine line) => line switch
    {
        { Outcome.Outcome: Workflows.Contracts.Outcome.Done } => '+',
        { Outcome: not null } => '-',
        { State: BatchLineState.Running } => '>',
        _ => ' ',
    };

    private static char Mark(StepPhase phase) => phase switch
    {
        StepPhase.Done => '+',
        StepPhase.Running or StepPhase.Undoing => '>',
        StepPhase.Failed => '!',
        StepPhase.Undone or StepPhase.UndoSkipped => '-',
        _ => ' ',
    };
}
