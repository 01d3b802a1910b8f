using System.CommandLine;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

/// <summary>The real command line without a process: for verbs that start nothing.</summary>
internal static class InProcess
{
    public static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var said = new StringWriter();
        var code = await Program.RunAsync(arguments, new InvocationConfiguration { Output = said, Error = said });
        return (code, said.ToString());
    }
}
