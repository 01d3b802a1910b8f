using System.Diagnostics;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Client;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Worker;

/// <summary>A worker of a process of its own that is asked to end in the middle of its work, and the next one.</summary>
[TakesSeconds(10)]
public sealed class ShutdownTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const long Rows = 120;

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    // The promise is the worker's; starting and ending a process on a machine that tests is not in it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_worker_that_is_asked_to_end_is_gone_in_time_and_another_one_goes_on_where_it_was()
    {
        await using var temporal = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        await ExecuteAsync($"create table source (id int primary key); insert into source select generate_series(1, {Rows}); create table target (id int primary key)");
        var client = await TemporalClient.ConnectAsync(new(temporal.Address));
        var folder = Directory.CreateTempSubdirectory("shutdown-").FullName;
        var first = OrchestratorProcess.StartWorker(folder, Environment(temporal.Address));
        var batch = await client.StartWorkflowAsync((BatchWorkflow b) => b.RunAsync(Input()), new("shutdown/batch", WorkflowIds.TaskQueue));
        await Eventually.EqualAsync(true, async () => await ScalarAsync<long>("select count(*) from target") >= 10);

        var watch = Stopwatch.StartNew();
        var exit = await first.InterruptAsync();
        var (took, rows) = (watch.Elapsed, await ScalarAsync<long>("select count(*) from target"));
        await using var second = OrchestratorProcess.StartWorker(folder, Environment(temporal.Address));
        var outcome = await batch.GetResultAsync();
        await second.InterruptAsync();

        Assert.Equal(0, exit);
        Assert.InRange(took, TimeSpan.Zero, Promise + Margin);
        Assert.InRange(rows, 10, Rows - 1);
        Assert.Equal(Outcome.Done, outcome.Outcome);
        Assert.Equal((Rows, Rows), (await ScalarAsync<long>("select count(*) from target"), await ScalarAsync<long>("select sum(rows)::bigint from orchestrator.chunks")));
        await first.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static BatchInput Input() => new() { Plan = PlanCanon.DigestOf(Plan), Environment = "test", Batch = "batch", Requester = "ada" };

    // Slower than a worker takes to end: a chunk is a seventh of a second.
    private static MigrationPlan Plan { get; } = Some.Plan(
        Some.Backfill("fill", "insert into target select id from source where {range} and pg_sleep(0.03) is not null", "truncate target", chunkRows: 5) with
        {
            Pace = new TransferPace { Lanes = 1 },
        }) with
    {
        Name = "shutdown",
        Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "SHUTDOWN_DB")])],
    };

    private (string, string?)[] Environment(string temporal) =>
        [("TEMPORAL_ADDRESS", temporal), ("ORCHESTRATOR_LEDGER", postgres.ConnectionString), ("SHUTDOWN_DB", postgres.ConnectionString)];

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await LedgerSchema.EnsureAsync(source, default);
        await PublishedPlans.PublishAsync(source, Plan, default);
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
