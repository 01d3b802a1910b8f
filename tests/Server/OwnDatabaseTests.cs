using TemporalDev.Postgres;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

/// <summary>The service as a user starts it who names no database: with a cluster of its own.</summary>
public sealed class OwnDatabaseTests : IDisposable
{
    private const UnixFileMode OthersPass = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;

    private readonly string _home = Directory.CreateTempSubdirectory("state-home-").FullName;

    // What PostgreSQL runs as, where root runs this, passes through it.
    public OwnDatabaseTests()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_home, OthersPass);
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task What_was_started_is_there_after_a_stop_and_after_a_death()
    {
        using var server = new ServerProcess(FreePort.Choose()) { StateHome = _home };
        using var client = new ServerClient(server.Address, $"queue-{Guid.NewGuid()}");
        await server.StartAsync();
        var run = await client.StartAsync();

        Assert.Equal(0, await server.StopAsync());
        await server.StartAsync();
        await client.SignalAsync(run, "after the stop");
        await server.RestartAsync();
        await client.SignalAsync(run, "after the death");

        Assert.Equal([WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowExecutionSignaled, WorkflowExecutionSignaled], await client.HistoryAsync(run));
        Assert.Equal(0, await server.StopAsync());
    }
}
