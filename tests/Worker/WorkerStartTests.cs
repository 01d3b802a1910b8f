using Orchestrator.Tests.Cli;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Worker;

public sealed class WorkerStartTests
{
    [Fact]
    public async Task A_worker_whose_service_does_not_answer_ends_with_one_sentence()
    {
        var address = $"127.0.0.1:{FreePort.Choose()}";
        await using var worker = OrchestratorProcess.StartWorker(
            Path.GetTempPath(), ("TEMPORAL_ADDRESS", address), ("ORCHESTRATOR_LEDGER", "Host=127.0.0.1;Database=ledger;Username=nobody"));

        var exit = await worker.ExitAsync();

        Assert.Equal(1, exit);
        var sentence = Assert.Single(worker.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(address, sentence, StringComparison.Ordinal);
        Assert.Contains("TEMPORAL_ADDRESS", sentence, StringComparison.Ordinal);
    }
}
