using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Orchestrator.Tests.Server;

/// <summary>A database that dies under a service that goes on.</summary>
[TakesSeconds(10)]
public sealed class OutageTests(Scratch scratch) : IClassFixture<Scratch>
{
    private const int Lanes = 3;
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly EventType[] OfOneActivity =
    [
        EventType.WorkflowExecutionStarted, EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskCompleted,
        EventType.ActivityTaskScheduled, EventType.ActivityTaskStarted, EventType.ActivityTaskCompleted,
        EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskCompleted, EventType.WorkflowExecutionCompleted,
    ];

    private readonly ConcurrentBag<WorkflowExecution> _worked = [];

    [Fact]
    public async Task What_is_under_way_or_comes_due_while_the_database_is_away_happens_once_when_it_is_back()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(scratch.Options);
        await postgres.EnsureDatabaseAsync("temporal");
        var options = new TemporalOptions { Database = postgres.ConnectionString("temporal"), Port = FreePort.Choose() };
        await using var service = await EmbeddedTemporal.StartAsync(options, NullLoggerFactory.Instance, CancellationToken.None);
        using var client = new ServerClient(service.Address, $"queue-{Guid.NewGuid()}");
        var enough = new TaskCompletionSource();
        var lanes = Enumerable.Range(0, Lanes).Select(_ => WorkAsync(service.Address, enough.Task)).ToList();
        await Eventually.EqualAsync(true, () => _worked.Count > 2 * Lanes);
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
        enough.SetResult();
        await Task.WhenAll(lanes);
        foreach (var worked in _worked)
        {
            Assert.Equal(OfOneActivity, await client.HistoryAsync(worked));
        }
    }

    /// <summary>A client and a worker that ask again whenever they are told that the database is away. Nothing of theirs may be lost, or begin anew.</summary>
    private async Task WorkAsync(string address, Task enough)
    {
        using var client = new ServerClient(address, $"queue-{Guid.NewGuid()}");
        do
        {
            var (workflowId, requestId) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
            _worked.Add(await PersistAsync(() => client.StartAsync(workflowId, start =>
            {
                start.RequestId = requestId;
                // A task that was lost would show: by then the test is over.
                start.WorkflowTaskTimeout = Duration.FromTimeSpan(Patience);
            })));
            var task = await PersistAsync(client.TaskAsync);
            await OnceAsync(() => client.AnswerAsync(task, Some.Activity("a")));
            var activity = await PersistAsync(() => client.ActivityAsync());
            await OnceAsync(() => client.CompleteActivityAsync(activity));
            task = await PersistAsync(client.TaskAsync);
            await OnceAsync(() => client.AnswerAsync(task, Some.CompleteWorkflow()));
        }
        while (!enough.IsCompleted);
    }

    /// <summary>An answer that arrived before the outage is refused when it is given again.</summary>
    private static async Task OnceAsync(Func<Task> answer) => await PersistAsync(async () =>
    {
        try
        {
            await answer();
        }
        catch (GrpcException given) when (given.Code == GrpcStatusCode.NotFound)
        {
        }

        return true;
    });

    private static async Task<T> PersistAsync<T>(Func<Task<T>> call)
    {
        var asking = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (GrpcException away) when (away.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded)
            {
                Assert.True(asking.Elapsed < Patience, $"Not within {Patience}: {away.Message}");
                await Task.Delay(AskAgain);
            }
        }
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
