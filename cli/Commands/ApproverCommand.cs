using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator approver keygen</c>: a key to sign decisions with.</summary>
internal static class ApproverCommand
{
    public static Command Create() => new("approver", "Keys of people who decide.") { Keygen() };

    private static Command Keygen()
    {
        var who = new Argument<string>("name") { Description = "The approver's name, as plans spell it.", DefaultValueFactory = _ => Environment.UserName };
        var path = SharedOptions.Out();
        var json = SharedOptions.Json();
        var command = new Command("keygen", $"Makes an ECDSA P-256 key. With {KeyFile.PassphraseVariable} set, the file is encrypted.") { who, path, json };
        command.SetAction((parsed, cancel) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return GuardedAsync(error, () =>
            {
                var name = parsed.GetRequiredValue(who);
                var file = parsed.GetValue(path) ?? KeyFile.DefaultPath(name);
                var publicKey = KeyFile.Create(file, Environment.GetEnvironmentVariable(KeyFile.PassphraseVariable));
                Tell(output, parsed.GetValue(json), name, file, publicKey);
            }, cancel);
        });
        return command;
    }

    private static async Task<int> GuardedAsync(TextWriter error, Action act, CancellationToken cancel) => (int)await Scene.GuardAsync(error, () =>
    {
        act();
        return Task.FromResult(ExitCode.Done);
    }, cancel);

    private static void Tell(TextWriter output, bool json, string name, string file, string publicKey)
    {
        if (json)
        {
            JsonOutput.Write(output, new { Name = name, File = file, PublicKey = publicKey });
            return;
        }

        output.WriteLine(
            $"""
            The private key is in {file}; it is yours alone.
            Put this into the plan:

            approvers:
              {name}: {publicKey}
            """);
    }
}
