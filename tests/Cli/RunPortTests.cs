using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Cli.Embedded;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Cli;

/// <summary>Ports are not owned: when a service dies, somebody else may listen where it was before it is back.</summary>
[TakesSeconds(35)]
public sealed class RunPortTests : IDisposable
{
    private readonly string _plan = Directory.CreateTempSubdirectory("plan-").FullName;

    public void Dispose() => Directory.Delete(_plan, recursive: true);

    [Fact]
    public async Task A_run_goes_on_when_the_port_of_its_dead_service_is_taken_by_a_stranger_or_by_another_stack()
    {
        await WritePlanAsync();
        await using var home = new StackHome();
        await using var run = OrchestratorProcess.Start(home.Folder, ["run", _plan, "--as", "ada"]);
        await run.SaysAsync("(go / no-go / detach)");

        using var stranger = new TcpListener(IPAddress.Loopback, PortOf(home));
        await MovedAsync(home, () =>
        {
            stranger.Start();
            return Task.CompletedTask;
        });
        EmbeddedTemporal? other = null;
        var taken = PortOf(home);
        await MovedAsync(home, async () => other = await EmbeddedTemporal.StartAsync(new TemporalOptions { Name = "another-stack", Port = taken }, NullLoggerFactory.Instance));

        await run.TypeAsync("go");

        Assert.Equal(0, await run.ExitAsync());
        Assert.Contains("ada (operator) said go", run.Said, StringComparison.Ordinal);
        await other!.DisposeAsync();
    }

    private async Task WritePlanAsync()
    {
        await PlanFiles.WriteAsync(
            _plan,
            """
            plan: ports
            databases: [db]
            environments: { local: embedded }
            batches:
              - id: one
                owner: ada
                steps:
                  - { id: table, kind: ddl, apply: s.sql, undo: u.sql }
                gate:
                  question: Shall it stay?
                  quorum: 1
                  roles: { operator: ["*"] }
                  requester-may-decide: true
            """,
            "create table made (id int);",
            "drop table if exists made;");
    }

    private static int PortOf(StackHome home) => int.Parse(home.AddressOf(Piece.Service).Split(':')[1]);

    /// <summary>The service is back, somewhere else, and so is its worker.</summary>
    private static async Task MovedAsync(StackHome home, Func<Task> takePort)
    {
        var (service, worker, address) = (home.ProcessOf(Piece.Service), home.ProcessOf(Piece.Worker), home.AddressOf(Piece.Service));
        var port = PortOf(home);
        Scratch.Kill(service);
        await home.WaitAsync("the dead service has let go of its port", () => FreePort.IsFree(port));
        await takePort();
        await home.WaitForSuccessorAsync(Piece.Service, service);
        Assert.NotEqual(address, home.AddressOf(Piece.Service));
        await home.WaitForSuccessorAsync(Piece.Worker, worker);
    }
}
