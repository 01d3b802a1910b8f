using System.CommandLine;
using CommandLineProgram = Orchestrator.Cli.Program;

namespace Orchestrator.Tests.Cli;

/// <summary>The real command line without a process: for verbs that start nothing.</summary>
internal static class InProcess
{
    public static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var said = new StringWriter();
        var code = await CommandLineProgram.RunAsync(arguments, new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString());
    }
}
