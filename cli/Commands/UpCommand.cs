using System.CommandLine;
using Orchestrator.Cli.Embedded;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator up</c>: the laptop stack, for as long as the command runs.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Starts PostgreSQL, Temporal and a worker on this machine and keeps them running until Ctrl-C.");
        command.SetAction(async (parsed, cancel) => (int)await RunAsync(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static async Task<ExitCode> RunAsync(TextWriter output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            await using var stack = await Stack.StartAsync(StackChoice.From(Environment.GetEnvironmentVariable), error.WriteLine, cancel);
            if (!stack.IsEmbedded)
            {
                await error.WriteLineAsync($"{StackChoice.TemporalVariable} and {StackChoice.LedgerVariable} name everything already: there is nothing to start here.");
                return ExitCode.Usage;
            }

            await output.WriteLineAsync(Describe(stack));
            await stack.Supervision.WaitAsync(cancel);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (StackException refusal)
        {
            await error.WriteLineAsync(refusal.Message);
            return ExitCode.Failed;
        }
    }

    private static string Describe(Stack stack) =>
        $"""
        PostgreSQL  {stack.Addresses.LocalEndpoint}
        Temporal    {stack.Addresses.Temporal ?? "as its own variables say"}
        Logs        {stack.LogFolder}
        Ready. Ctrl-C stops what nobody else uses.
        """;
}
