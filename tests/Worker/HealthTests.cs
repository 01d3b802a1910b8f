using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Support;
using Orchestrator.Worker;
using Orchestrator.Workflows.Contracts;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Worker;

public sealed class HealthTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_worker_says_that_it_lives_that_it_is_ready_and_when_it_no_longer_is()
    {
        var temporal = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        var settings = new WorkerSettings { Ledger = postgres.ConnectionString, HealthAddress = new IPEndPoint(IPAddress.Loopback, 0), LogLevel = "error" };
        await using var worker = await WorkerHost.StartAsync(settings, new(temporal.Address), default);
        using var http = new HttpClient { BaseAddress = worker.HealthAddress };

        Assert.Equal("live", await http.GetStringAsync("/health/live"));
        Assert.Equal("ready", await http.GetStringAsync("/health/ready"));
        Assert.Contains("# TYPE orchestrator_activity_duration_seconds histogram", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        await temporal.DisposeAsync();
        using var away = await http.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal("Temporal does not answer", await away.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Metrics_are_counted_as_Prometheus_reads_them()
    {
        using var metrics = new WorkerMetrics();
        metrics.Began("Backfill");
        metrics.Began("Backfill");
        metrics.Ended("Backfill", "completed", TimeSpan.FromSeconds(0.4));

        var lines = metrics.ToPrometheus().Split('\n');

        Assert.Contains("orchestrator_activities_running{activity=\"Backfill\"} 1", lines);
        Assert.Contains("orchestrator_activity_duration_seconds_bucket{activity=\"Backfill\",outcome=\"completed\",le=\"0.1\"} 0", lines);
        Assert.Contains("orchestrator_activity_duration_seconds_bucket{activity=\"Backfill\",outcome=\"completed\",le=\"0.5\"} 1", lines);
        Assert.Contains("orchestrator_activity_duration_seconds_count{activity=\"Backfill\",outcome=\"completed\"} 1", lines);
    }

    [Fact]
    public void A_transfer_has_its_gauges_while_it_runs_and_none_afterwards()
    {
        var time = new ManualTime();
        var gauges = new TransferGauges(time);
        using var metrics = new WorkerMetrics(gauges);
        var labels = new TransferLabels("plan", "test", "batch", "step");
        var progress = new TransferProgress { Rows = 90, Walked = 100, Chunks = 2, Estimate = 300, RowsPerSecond = 50, ChunkRows = 40, Waiting = "the replica is behind" };

        using (var lane = gauges.Begin(labels))
        {
            lane.See(progress);
            time.Pass(TimeSpan.FromHours(1));
            var lines = metrics.ToPrometheus().Split('\n');
            Assert.Contains("orchestrator_transfer_rows_walked{plan=\"plan\",environment=\"test\",batch=\"batch\",step=\"step\"} 100", lines);
            Assert.Contains("orchestrator_transfer_seconds_left{plan=\"plan\",environment=\"test\",batch=\"batch\",step=\"step\"} 4", lines);
            Assert.Contains("orchestrator_transfer_throttled{plan=\"plan\",environment=\"test\",batch=\"batch\",step=\"step\"} 1", lines);
        }

        Assert.Contains("orchestrator_transfer_lanes{plan=\"plan\",environment=\"test\",batch=\"batch\",step=\"step\"} 0", metrics.ToPrometheus(), StringComparison.Ordinal);
        time.Pass(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("orchestrator_transfer", metrics.ToPrometheus(), StringComparison.Ordinal);
        gauges.Begin(labels).See(progress);
        gauges.Forget(labels);
        Assert.Empty(gauges.Read());
    }

    [Fact]
    public void What_an_activity_logs_carries_run_batch_and_step()
    {
        var run = new RunReference(Guid.NewGuid(), "digest", "test", "ada");

        var properties = ActivityWatch.PropertiesOf([new StepReference(new BatchReference(run, "batch", "workflow"), "step")]);

        Assert.Equal([("Batch", "batch"), ("Environment", "test"), ("Run", run.Run), ("Step", (object)"step")], properties.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
        Assert.Empty(ActivityWatch.PropertiesOf(["something else"]));
    }
}
