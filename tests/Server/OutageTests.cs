using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

/// <summary>A database that dies under a service that goes on.</summary>
[TakesSeconds(10)]
public sealed class OutageTests(Scratch scratch) : IClassFixture<Scratch>
{
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task What_comes_due_while_the_database_is_away_happens_when_it_is_back()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(scratch.Options);
        await postgres.EnsureDatabaseAsync("temporal");
        var options = new TemporalOptions { Database = postgres.ConnectionString("temporal"), Port = FreePort.Choose() };
        await using var service = await EmbeddedTemporal.StartAsync(options, NullLoggerFactory.Instance, CancellationToken.None);
        using var client = new ServerClient(service.Address, $"queue-{Guid.NewGuid()}");
        var due = DateTimeOffset.UtcNow + RunTimeout;
        var run = await client.StartAsync(configure: start => start.WorkflowRunTimeout = new() { Seconds = (long)RunTimeout.TotalSeconds });
        Scratch.Kill(scratch.ServerProcess);
        await postgres.Exited;

        // Long enough for the service to find out, and to find the run it had in hand unusable.
        while (DateTimeOffset.UtcNow < due + RunTimeout)
        {
            var refusal = await Assert.ThrowsAsync<GrpcException>(() => client.SignalAsync(run, "anyone there"));
            Assert.True(refusal.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded, refusal.ToString());
        }

        await postgres.DisposeAsync();
        await using var again = await EmbeddedPostgres.StartAsync(scratch.Options);
        Assert.Equal(postgres.Port, again.Port);
        await Eventually.EqualAsync(WorkflowExecutionStatus.TimedOut, () => StatusAsync(client, run));
    }

    private static async Task<WorkflowExecutionStatus> StatusAsync(ServerClient client, WorkflowExecution run)
    {
        var request = new DescribeWorkflowExecutionRequest { Namespace = "default", Execution = run };
        try
        {
            var described = await client.CallAsync<DescribeWorkflowExecutionResponse>("DescribeWorkflowExecution", request);
            return described.WorkflowExecutionInfo.Status;
        }
        catch (GrpcException away) when (away.Code == GrpcStatusCode.Unavailable)
        {
            return WorkflowExecutionStatus.Unspecified;
        }
    }
}
