using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TemporalDev.Server.Host;

namespace TemporalDev.Server;

internal static class Program
{
    private const int BadUsage = 2;

    public static async Task<int> Main(string[] arguments)
    {
        CommandLine commandLine;
        try
        {
            commandLine = CommandLine.Parse(arguments);
        }
        catch (FormatException problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Message}\n{CommandLine.Usage}");
            return BadUsage;
        }

        using var log = LoggerFactory.Create(builder => builder.SetMinimumLevel(commandLine.LogLevel).AddSimpleConsole(console => console.SingleLine = true));
        await using var server = await EmbeddedTemporal.StartAsync(commandLine.Options, log);
        Console.WriteLine($"Temporal service on {server.Address}");

        using var stop = new CancellationTokenSource();
        using var interrupt = Hook(PosixSignal.SIGINT, stop);
        using var terminate = Hook(PosixSignal.SIGTERM, stop);
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static PosixSignalRegistration Hook(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
