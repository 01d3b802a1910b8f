using Temporalio.Client;

namespace Orchestrator.Bench.Sdk;

internal static class Program
{
    private const string Usage = "[unwatched | long | bridge | history typical | history long | nothing | client ADDRESS | starts COMMAND... [-- COMMAND...]]";

    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [] or ["unwatched"]:
                await new Replays(TickingHistory.Typical, Watched: arguments.Length == 0).MeasureAsync();
                return 0;
            case ["long"]:
                await new Replays(TickingHistory.Long, Watched: true).MeasureAsync();
                return 0;
            case ["bridge"]:
                using (new StandInCore(TickingHistory.Typical))
                {
                    await new Replays(TickingHistory.Typical, Watched: true).MeasureAsync();
                }

                return 0;
            case ["history", var length]:
                await Console.Out.WriteLineAsync(TickingHistory.JsonOf(length == "long" ? TickingHistory.Long : TickingHistory.Typical));
                return 0;
            case ["nothing"]:
                return 0;
            case ["client", var address]:
                var client = await TemporalClient.ConnectAsync(new(address));
                await Console.Out.WriteLineAsync($"{(await client.CountWorkflowsAsync(string.Empty)).Count} runs");
                return 0;
            case ["starts", .. { Length: > 0 } command]:
                await StartUps.MeasureAsync(command);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }
}
