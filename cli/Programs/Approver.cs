using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;
using Temporalio.Client;

namespace Orchestrator.Cli.Programs;

internal enum TerminalAnswer
{
    Go,
    NoGo,
    Detach,
    Unclear,
}

/// <summary>Asks whoever sits at the terminal, once for each evidence; answers with everything else still going on.</summary>
internal sealed class Approver(TemporalLine line, IFollowView view, TextReader? input, string who, bool sayYes)
{
    private string? _asked;
    private Task<string?>? _answer;

    /// <summary>True when the person wants to leave.</summary>
    public async Task<bool> TendAsync(ProgramLook look, CancellationToken cancel)
    {
        if (look.Current is not { Phase: BatchPhase.Gate, Gate: { } gate } batch)
        {
            return false;
        }

        if (sayYes)
        {
            return await SayYesAsync(look, batch, gate, cancel);
        }

        Ask(batch, gate);
        if (_answer is not { IsCompleted: true })
        {
            return input is null;
        }

        var answer = Parse(await _answer);
        _answer = null;
        _asked = null;
        switch (answer)
        {
            case TerminalAnswer.Go or TerminalAnswer.NoGo:
                await SignalAsync(look, batch, answer, gate, cancel);
                _asked = QuestionOf(batch, gate);
                return false;
            case TerminalAnswer.Detach:
                return true;
            default:
                return false;
        }
    }

    /// <summary>The end of the input is a person who went away.</summary>
    public static TerminalAnswer Parse(string? line) => line?.Trim().ToLowerInvariant() switch
    {
        "go" => TerminalAnswer.Go,
        "no-go" or "no go" or "nogo" => TerminalAnswer.NoGo,
        null or "detach" => TerminalAnswer.Detach,
        _ => TerminalAnswer.Unclear,
    };

    private void Ask(BatchStatus batch, GateStatus gate)
    {
        if (_asked == QuestionOf(batch, gate) || input is null)
        {
            return;
        }

        _asked = QuestionOf(batch, gate);
        view.Ask($"{gate.Question} (go / no-go / detach) ");
        // A terminal's read cannot be cancelled: it waits on a thread of its own and is forgotten when the program ends.
        _answer ??= Task.Factory.StartNew(input.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    // Other evidence is another question, and an answer that did not count leaves it open.
    private static string QuestionOf(BatchStatus batch, GateStatus gate) => string.Join('\n', gate.Refusals.Prepend(gate.Evidence).Prepend(batch.Batch));

    /// <summary>True when it did not count: saying it again would not either.</summary>
    private async Task<bool> SayYesAsync(ProgramLook look, BatchStatus batch, GateStatus gate, CancellationToken cancel)
    {
        if (gate.Refusals.Any(r => r.StartsWith($"{who}:", StringComparison.Ordinal)))
        {
            return true;
        }

        if (_asked != QuestionOf(batch, gate))
        {
            view.Show(new FollowEvent(FollowKind.Note, batch.Batch, null, null, $"--yes: saying go as '{who}'. Nobody has looked at the evidence."));
            await SignalAsync(look, batch, TerminalAnswer.Go, gate, cancel);
            // Not before: a word that did not arrive has to be said again.
            _asked = QuestionOf(batch, gate);
        }

        return false;
    }

    private Task SignalAsync(ProgramLook look, BatchStatus batch, TerminalAnswer answer, GateStatus gate, CancellationToken cancel)
    {
        var id = look.Program.Batches.First(b => b.Id == batch.Batch).WorkflowId;
        var handle = line.Client.GetWorkflowHandle<BatchWorkflow>(id);
        var word = new Word { Who = who, Evidence = gate.Evidence };
        var options = new WorkflowSignalOptions { Rpc = new() { CancellationToken = cancel } };
        return answer == TerminalAnswer.Go
            ? handle.SignalAsync(b => b.GoAsync(word), options)
            : handle.SignalAsync(b => b.NoGoAsync(word), options);
    }
}
