using Orchestrator.Worker;

namespace Orchestrator.Tests.Worker;

public sealed class WorkerSettingsTests
{
    [Fact]
    public void A_ledger_is_enough()
    {
        var (settings, mistakes) = Read(("ORCHESTRATOR_LEDGER", "Host=db;Database=ledger"));

        Assert.Empty(mistakes);
        Assert.Equal(new WorkerSettings { Ledger = "Host=db;Database=ledger" }, settings);
    }

    [Fact]
    public void Every_mistake_is_named_with_its_variable_and_no_secret_is_repeated()
    {
        var (settings, mistakes) = Read(
            ("ORCHESTRATOR_LEDGER", "Host=db;Pasword=secret"),
            ("ORCHESTRATOR_LOCAL", "postgres://user:secret@db/x"),
            ("ORCHESTRATOR_LOG_LEVEL", "loud"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke signals"),
            ("ORCHESTRATOR_ACTIVITIES", "many"),
            ("ORCHESTRATOR_COMPARED_ROWS", "0"));

        Assert.Null(settings);
        Assert.Equal(
            ["ORCHESTRATOR_LEDGER", "ORCHESTRATOR_LOCAL", "ORCHESTRATOR_LOG_LEVEL", "OTEL_EXPORTER_OTLP_PROTOCOL", "ORCHESTRATOR_ACTIVITIES", "ORCHESTRATOR_COMPARED_ROWS"],
            mistakes.Select(m => m.Split(' ')[0]));
        Assert.DoesNotContain("secret", string.Join(' ', mistakes));
    }

    [Fact]
    public void A_worker_without_a_ledger_does_not_start() =>
        Assert.Equal(["ORCHESTRATOR_LEDGER is not set: it must hold the connection string of the ledger's database."], Read().Mistakes);

    private static (WorkerSettings? Settings, IReadOnlyList<string> Mistakes) Read(params (string Name, string Value)[] variables) =>
        WorkerSettings.Read(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
