using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDev.Postgres;
using TemporalDev.Server.Host;

namespace TemporalDev.Server;

internal static class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadUsage = 2;

    public static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = Hook(PosixSignal.SIGINT, stop);
        using var terminate = Hook(PosixSignal.SIGTERM, stop);
        try
        {
            var commandLine = CommandLine.Parse(arguments);
            if (!commandLine.HelpWanted)
            {
                return await RunAsync(commandLine, stop.Token);
            }

            Console.WriteLine(CommandLine.Usage);
            return Done;
        }
        catch (FormatException problem)
        {
            return await SayAsync($"{problem.Message} --help lists the flags.", BadUsage);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Done;
        }
        // What is wrong with the machine and not with the program: a port, a file, the database.
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SocketException or NpgsqlException
            or InvalidOperationException or ArgumentException or CryptographicException or EmbeddedPostgresException)
        {
            return await SayAsync($"The service did not start: {problem.Message}", Failed);
        }
    }

    private static async Task<int> RunAsync(CommandLine commandLine, CancellationToken stop)
    {
        using var log = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(commandLine.LogLevel)
            // It logs the exception that ends a start, which is told in a sentence.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddSimpleConsole(console => console.SingleLine = true));
        await using var server = await RunningServer.StartAsync(commandLine, log, stop);
        Announce(server.Service);
        if (commandLine.IsOpenToOthers)
        {
            await Console.Error.WriteLineAsync("Whoever reaches this machine can call the service and read along: neither --api-key nor --tls-cert is given.");
        }

        var asked = Task.Delay(Timeout.Infinite, stop);
        if (await Task.WhenAny(asked, server.DatabaseEnded) == asked)
        {
            return Done;
        }

        return await SayAsync("The embedded PostgreSQL has ended by itself, and the service ends with it.", Failed);
    }

    private static void Announce(EmbeddedTemporal service)
    {
        Console.WriteLine($"Temporal service on {service.Address}");
        if (service.HttpAddress is { } http)
        {
            Console.WriteLine($"HTTP and JSON on {http}");
        }

        if (service.MetricsAddress is { } metrics)
        {
            Console.WriteLine($"Metrics on {metrics}/metrics");
        }
    }

    private static async Task<int> SayAsync(string sentence, int exitCode)
    {
        await Console.Error.WriteLineAsync(sentence);
        return exitCode;
    }

    private static PosixSignalRegistration Hook(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
