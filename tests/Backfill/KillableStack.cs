using System.Diagnostics;
using Dapper;
using Npgsql;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Server;
using Orchestrator.Worker;
using TemporalDev.Postgres;
using Temporalio.Client;

namespace Orchestrator.Tests.Backfill;

internal enum Victim
{
    Worker,
    Service,
    Database,
}

/// <summary>A PostgreSQL, a Temporal service and a worker, each in processes of their own that can be killed and started again.</summary>
internal sealed class KillableStack : IAsyncDisposable
{
    public const string TargetVariable = "KILLS_TARGET";
    public const string SourceVariable = "KILLS_SOURCE";

    private readonly Scratch _scratch;
    private readonly ServerProcess _service;
    private EmbeddedPostgres _postgres;
    private Process? _worker;
    private bool _isOver;

    private KillableStack(Scratch scratch, EmbeddedPostgres postgres)
    {
        (_scratch, _postgres) = (scratch, postgres);
        _service = new ServerProcess(postgres.ConnectionString("temporal"), FreePort.Choose());
    }

    public string Target => _postgres.ConnectionString("target");

    public string Source => _postgres.ConnectionString("source");

    public static async Task<KillableStack> StartAsync()
    {
        var scratch = new Scratch();
        var postgres = await EmbeddedPostgres.StartAsync(scratch.Options);
        foreach (var database in new[] { "temporal", "target", "source" })
        {
            await postgres.EnsureDatabaseAsync(database);
        }

        var stack = new KillableStack(scratch, postgres);
        await stack._service.StartAsync();
        lock (stack._scratch)
        {
            stack.StartWorker();
        }

        return stack;
    }

    public async Task<ITemporalClient> ConnectAsync() => await TemporalClient.ConnectAsync(new(_service.Address));

    /// <summary>kill -9, and a new one where it was.</summary>
    public async Task KillAsync(Victim victim)
    {
        switch (victim)
        {
            case Victim.Worker:
                lock (_scratch)
                {
                    _worker!.Kill();
                }

                break;
            case Victim.Service:
                await _service.RestartAsync();
                break;
            case Victim.Database:
                var port = _postgres.Port;
                Scratch.Kill(_scratch.ServerProcess);
                await _postgres.Exited;
                await _postgres.DisposeAsync();
                _postgres = await EmbeddedPostgres.StartAsync(_scratch.Options);
                Assert.Equal(port, _postgres.Port);
                break;
        }
    }

    public async Task ExecuteAsync(string connection, string sql)
    {
        await using var session = new NpgsqlConnection(connection);
        await session.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0));
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var session = new NpgsqlConnection(Target + ";Pooling=false");
        return await session.ExecuteScalarAsync<T>(new CommandDefinition(sql, commandTimeout: 0));
    }

    public async ValueTask DisposeAsync()
    {
        lock (_scratch)
        {
            _isOver = true;
            _worker!.Kill();
        }

        _service.Dispose();
        await _postgres.DisposeAsync();
        _scratch.Dispose();
    }

    /// <summary>What looks after a worker where it is deployed: it is started again whenever it ends, also when it could not reach the service.</summary>
    private void StartWorker()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerSettings).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TEMPORAL_ADDRESS"] = _service.Address;
        start.Environment[WorkerSettings.LedgerVariable] = Target;
        start.Environment[WorkerSettings.LogFileVariable] = Path.Combine(_scratch.Folder, "worker.log");
        start.Environment[WorkerSettings.ComparedRowsVariable] = "1000";
        start.Environment[TargetVariable] = Target;
        start.Environment[SourceVariable] = Source;
        var worker = new Process { StartInfo = start, EnableRaisingEvents = true };
        worker.Exited += (_, _) => Restart(worker);
        worker.Start();
        // What it says is in its log; a pipe that nobody reads would hold it up.
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        _worker = worker;
    }

    private void Restart(Process ended)
    {
        lock (_scratch)
        {
            ended.Dispose();
            if (!_isOver)
            {
                StartWorker();
            }
        }
    }
}
