using System.CommandLine;
using System.Security.Cryptography;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator decide go|no-go</c>: one person's answer at a gate, bound to the evidence that is shown with it.</summary>
internal static class DecideCommand
{
    private const string Go = "go";
    private const string NoGo = "no-go";

    // Shorter beginnings of a digest would be typed by accident.
    private const int ShortestEvidence = 8;

    private static readonly TimeSpan RecountPatience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var answer = new Argument<string>("answer") { Description = "go or no-go." };
        answer.AcceptOnlyFromAmong(Go, NoGo);
        var program = SharedOptions.Program();
        var batch = SharedOptions.Batch();
        var comment = new Option<string?>("--comment", "-c") { Description = "What you want to be read later." };
        var role = new Option<string?>("--role") { Description = "In which of your roles." };
        var evidence = new Option<string?>("--evidence") { Description = $"The digest of the evidence that you have read, or its first {ShortestEvidence} characters or more." };
        var sign = new Option<bool>("--sign") { Description = "Sign with your key." };
        var key = new Option<string?>("--key") { Description = "The key's file; without it, where 'approver keygen' put it." };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var command = new Command("decide", "Says go or no-go at the gate of a batch.") { answer, program, batch, comment, role, evidence, sign, key, who, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => DecideAsync(
            scene,
            new Request(parsed.GetValue(program), parsed.GetValue(batch), parsed.GetValue(evidence))
            {
                KeyFile = parsed.GetValue(sign) || parsed.GetValue(key) is not null ? parsed.GetValue(key) ?? KeyFile.DefaultPath(parsed.GetRequiredValue(who)) : null,
                Decision = new Decision
                {
                    Answer = parsed.GetValue(answer) == Go ? Answer.Go : Answer.NoGo,
                    Who = parsed.GetValue(who),
                    Role = parsed.GetValue(role),
                    Comment = parsed.GetValue(comment),
                },
            },
            cancel));
        return command;
    }

    /// <summary>The decision as it is sent: about the evidence as it stands, and signed when there is a key.</summary>
    public static Decision Complete(Decision decision, GateStatus gate, string batch, string? evidence, Func<ECDsa>? key)
    {
        if (evidence is not null && (evidence.Length < ShortestEvidence || !gate.Evidence.StartsWith(evidence, StringComparison.Ordinal)))
        {
            throw new RefusedException($"The evidence is now {gate.Evidence}, not '{evidence}': read it again.");
        }

        if (gate.SignaturesRequired && key is null)
        {
            throw new RefusedException("This gate counts signed decisions only: add --sign.");
        }

        var bound = decision with { Evidence = gate.Evidence };
        if (key is null)
        {
            return bound;
        }

        using var signer = key();
        return bound with { Signature = Signing.Sign(signer, gate.Run, batch, bound) };
    }

    private static async Task<ExitCode> DecideAsync(Scene scene, Request request, CancellationToken cancel)
    {
        var program = await ProgramFinder.FindAsync(scene.Line.Client, request.Program, cancel);
        var batch = await scene.PatientlyAsync(BatchFinder.FindAsync(scene.Line.Client, program.Id, request.Batch, cancel), "a worker to answer for the batch", cancel);
        if (batch.Status is not { Phase: BatchPhase.Gate, Gate: { } gate })
        {
            throw new RefusedException($"The batch '{batch.Status.Batch}' is not at its gate: it is {Words.Of(batch.Status.Phase)}.");
        }

        Func<ECDsa>? key = request.KeyFile is { } file
            ? () => KeyFile.Read(file, Environment.GetEnvironmentVariable(KeyFile.PassphraseVariable))
            : null;
        var decision = Complete(request.Decision, gate, batch.Status.Batch, request.Evidence, key);
        var id = Guid.NewGuid().ToString("N");
        var sending = scene.Line.PersistAsync(
            (client, leaving) => batch.Handle(client).ExecuteUpdateAsync(b => b.DecideAsync(decision), new(id) { Rpc = new() { CancellationToken = leaving } }),
            RecountPatience,
            cancel);
        var after = await scene.PatientlyAsync(sending, "a worker to count the decision", cancel);
        Tell(scene, batch, decision, after);
        return ExitCode.Done;
    }

    private static void Tell(Scene scene, FoundBatch batch, Decision decision, GateStatus gate)
    {
        var missing = gate.Quorum - gate.Counted.Count(d => d.Answer == Answer.Go);
        if (scene.Json)
        {
            JsonOutput.Write(scene.Output, new { batch.Status.Batch, decision.Answer, decision.Who, decision.Evidence, Signed = decision.Signature is not null, Missing = Math.Max(missing, 0) });
            return;
        }

        scene.Output.WriteLine($"{decision.Who} said {(decision.Answer == Answer.Go ? Go : NoGo)} to '{batch.Status.Title}'{(decision.Signature is null ? "" : ", signed")}. Evidence {gate.Evidence[..12]}.");
        scene.Output.WriteLine(
            decision.Answer == Answer.NoGo ? "It is being taken back."
            : missing > 0 ? $"{missing} more of {gate.WaitingFor} to say go."
            : "That is enough: its checks are measured once more, and then it is done.");
    }

    private sealed record Request(string? Program, string? Batch, string? Evidence)
    {
        public required Decision Decision { get; init; }

        public string? KeyFile { get; init; }
    }
}
