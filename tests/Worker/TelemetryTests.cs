using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Activities.Ledger;
using Orchestrator.Tests.Support;
using Orchestrator.Worker;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Npgsql;
using Temporalio.Client;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Worker;

/// <summary>A collector that keeps what a worker sends it.</summary>
public sealed class TelemetryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_collector_gets_the_spans_of_a_batch_with_its_names_and_the_instruments()
    {
        var heard = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectAsync(heard);
        await using var temporal = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        var settings = new WorkerSettings { Ledger = postgres.ConnectionString, LogLevel = "error", Collector = new Collector(new Uri(collector.Urls.First()), SpeaksHttp: true) };
        var plan = Some.Plan(Some.Sql("traced", "select 1", "select 1")) with { Name = "telemetry", Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", LedgerVariable)])] };
        Environment.SetEnvironmentVariable(LedgerVariable, postgres.ConnectionString);

        await using (await WorkerHost.StartAsync(settings, new(temporal.Address), default))
        {
            var client = await TemporalClient.ConnectAsync(new(temporal.Address));
            await using var ledger = NpgsqlDataSource.Create(postgres.ConnectionString);
            await LedgerSchema.EnsureAsync(ledger, default);
            var input = new BatchInput { Plan = await PublishedPlans.PublishAsync(ledger, plan, default), Environment = "test", Batch = "batch", Requester = "ada" };
            Assert.Equal(Outcome.Done, (await client.ExecuteWorkflowAsync((BatchWorkflow b) => b.RunAsync(input), new("telemetry/batch", WorkflowIds.TaskQueue))).Outcome);
        }

        Assert.Equal(["/v1/metrics", "/v1/traces"], heard.Keys.Order());
        foreach (var word in new[] { "orchestrator-worker", "RunWorkflow:BatchWorkflow", "RunActivity:RunSql", "orchestrator.batch", "orchestrator.step", "traced" })
        {
            Assert.Contains(word, heard["/v1/traces"], StringComparison.Ordinal);
        }

        Assert.Contains("orchestrator.activity.duration", heard["/v1/metrics"], StringComparison.Ordinal);
    }

    private const string LedgerVariable = "TELEMETRY_TESTS_DB";

    // Names are plain text in protocol buffers, so the bytes need no reading.
    private static async Task<WebApplication> CollectAsync(ConcurrentDictionary<string, string> heard)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        web.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var text = Encoding.UTF8.GetString(body.ToArray());
            heard.AddOrUpdate(request.Path, text, (_, before) => before + text);
            return Results.Bytes([], "application/x-protobuf");
        });
        await web.StartAsync();
        return web;
    }
}
