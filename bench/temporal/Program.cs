namespace Orchestrator.Bench.Temporal;

/// <summary>Workflows and signals a second, latencies, memory and processor time: the embedded service beside the official server, in one run.</summary>
internal static class Program
{
    private const int BadUsage = 2;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is [DotnetWorker.Verb, var address, var queue])
        {
            await DotnetWorker.RunAsync(address, queue);
            return 0;
        }

        try
        {
            var options = BenchOptions.Parse(arguments);
            using var folder = new ScratchFolder();
            await using var field = await Field.OpenAsync(options, folder.Path);
            var results = await new Rounds(options, field).RunAsync();
            Report.Write(Console.Out, options, results);
            return 0;
        }
        catch (FormatException problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Message}\n{BenchOptions.Usage}");
            return BadUsage;
        }
    }
}
