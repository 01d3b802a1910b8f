using System.Diagnostics;
using TemporalDev.Postgres;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Bench.Temporal;

/// <summary>A server in its own process, with a worker in another one beside it.</summary>
internal sealed class Contestant : IAsyncDisposable
{
    public const string Queue = "bench";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly ServerCommand _command;
    private readonly ProcessTree? _database;
    private Child _server;
    private Child? _worker;

    private Contestant(ServerCommand command, ProcessTree? database, Child server, TimeSpan startedIn)
    {
        _command = command;
        _database = database;
        _server = server;
        FirstStart = startedIn;
    }

    public ContestantKind Kind => _command.Kind;

    public string Address => _command.Address;

    /// <summary>From the start of the process to the first answered call, with an empty store.</summary>
    public TimeSpan FirstStart { get; }

    public long ServerMebibytes => _server.Processes.ResidentMebibytes;

    public ProcessorTimes ProcessorTimes => new(
        _server.Processes.ProcessorTime,
        _database?.ProcessorTime ?? TimeSpan.Zero,
        _worker?.Processes.ProcessorTime ?? TimeSpan.Zero,
        ProcessTree.Own);

    public static async Task<Contestant> StartAsync(ServerCommand command, ProcessTree? database, WorkerKind worker)
    {
        var (server, elapsed) = await StartServerAsync(command);
        var contestant = new Contestant(command, database, server, elapsed);
        try
        {
            contestant._worker = await WorkerCommand.StartAsync(worker, contestant.Address);
            return contestant;
        }
        catch
        {
            await contestant.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without the worker, and with all that the load has left in the store.</summary>
    public async Task<TimeSpan> RestartAsync()
    {
        await StopWorkerAsync();
        await _server.DisposeAsync();
        (_server, var elapsed) = await StartServerAsync(_command);
        return elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await StopWorkerAsync();
        await _server.DisposeAsync();
    }

    private async Task StopWorkerAsync()
    {
        if (_worker is { } worker)
        {
            _worker = null;
            await worker.DisposeAsync();
        }
    }

    private static async Task<(Child Server, TimeSpan Elapsed)> StartServerAsync(ServerCommand command)
    {
        var clock = Stopwatch.StartNew();
        var server = Child.Start(command.Program, command.Arguments);
        while (true)
        {
            try
            {
                var client = await TemporalClient.ConnectAsync(new(command.Address));
                await client.WorkflowService.DescribeNamespaceAsync(new() { Namespace = "default" });
                return (server, clock.Elapsed);
            }
            catch (Exception e) when (e is InvalidOperationException or RpcException)
            {
                if (clock.Elapsed > StartLimit)
                {
                    await server.DisposeAsync();
                    throw new InvalidOperationException($"{command.Kind} did not start within {StartLimit}: {e.Message} It said:\n{server.Said}", e);
                }

                await Task.Delay(Look);
            }
        }
    }
}

/// <summary>How one kind of server is started on an address.</summary>
internal sealed record ServerCommand(ContestantKind Kind, int Port, string Program, IReadOnlyList<string> Arguments)
{
    public string Address => $"127.0.0.1:{Port}";

    public static ServerCommand Embedded(ContestantKind kind, params IEnumerable<string> store)
    {
        var port = FreePort.Choose();
        var program = Path.Combine(AppContext.BaseDirectory, "temporal-dev-server.dll");
        return new(kind, port, "dotnet", [program, "--port", $"{port}", .. store]);
    }

    public static ServerCommand Official(ContestantKind kind, string cli, params IEnumerable<string> store)
    {
        var port = FreePort.Choose();
        return new(kind, port, cli, ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", $"{port}", "--log-level", "error", .. store]);
    }
}
