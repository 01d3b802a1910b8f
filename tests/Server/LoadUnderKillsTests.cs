using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;
using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Orchestrator.Tests.Server;

/// <summary>
/// Activities, timers, signals, updates and children under way while the service and the official workers are killed, again and again:
/// everything happens, once. <c>KILL_LOAD=full</c> takes the time for a load and for kills that prove more.
/// </summary>
[TakesSeconds(20)]
public sealed class LoadUnderKillsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const int Signals = 3;
    private const int Updates = 2;
    private static readonly (int Workflows, int Kills, TimeSpan Limit) Extent = Environment.GetEnvironmentVariable("KILL_LOAD") == "full"
        ? (200, 20, TimeSpan.FromMinutes(15))
        : (24, 2, TimeSpan.FromMinutes(3));

    private readonly ServerProcess _server = new(postgres.ConnectionString, FreePort.Choose());
    private readonly string _queue = $"queue-{Guid.NewGuid()}";
    private readonly string _bundle = Path.Combine(Path.GetTempPath(), $"load-{Guid.NewGuid()}.js");
    private readonly List<Process> _workers = [];
    private readonly Stopwatch _elapsed = new();

    [Fact]
    public async Task Every_workflow_ends_with_the_right_result_whatever_is_killed()
    {
        await _server.StartAsync();
        _workers.Add(await SpawnWorkerAsync());
        _workers.Add(await SpawnWorkerAsync());
        using var client = new ServerClient(_server.Address, _queue);

        // Only from here: a machine that has them not yet has fetched the workers' packages before.
        _elapsed.Start();
        var driven = Enumerable.Range(1, Extent.Workflows).Select(number => DriveAsync(client, number)).ToList();
        await KillAsync();
        await Task.WhenAll(driven);

        for (var number = 1; number <= Extent.Workflows; number++)
        {
            var history = await client.EventsAsync(new WorkflowExecution { WorkflowId = Id(number) });
            Assert.True(history[^1].EventType == EventType.WorkflowExecutionCompleted, $"Workflow {number} ended with {history[^1]}.");
            Assert.Equal(Expected(number), Result(history));
            await client.EventsAsync(new WorkflowExecution { WorkflowId = $"{Id(number)}-child" });
        }
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Kill();
            worker.Dispose();
        }

        _server.Dispose();
        File.Delete(_bundle);
    }

    private async Task KillAsync()
    {
        var random = new Random(7);
        for (var kill = 0; kill < Extent.Kills; kill++)
        {
            // Somewhere in the load, which is the point of it.
            await Task.Delay(random.Next(300, 1500));
            await _server.RestartAsync();
            await Task.Delay(random.Next(300, 1500));
            var victim = random.Next(_workers.Count);
            _workers[victim].Kill();
            _workers[victim].Dispose();
            _workers[victim] = await SpawnWorkerAsync();
        }
    }

    private Task<Process> SpawnWorkerAsync() => ConformanceSuite.SpawnAsync(Path.Combine("load", "worker.mjs"), _server.Address, _queue, _bundle);

    private async Task DriveAsync(ServerClient client, int number)
    {
        var start = new StartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = Id(number),
            WorkflowType = new() { Name = "mixed" },
            TaskQueue = new() { Name = _queue },
            // What a killed worker held should come back soon.
            WorkflowTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)),
            RequestId = Guid.NewGuid().ToString(),
            Input = Json(number, Signals, Updates),
        };
        await PersistAsync(() => client.CallAsync<StartWorkflowExecutionResponse>("StartWorkflowExecution", start));
        await Task.WhenAll([
            .. Enumerable.Range(0, Signals).Select(index => SignalAsync(client, number, (number * 10) + index)),
            .. Enumerable.Range(0, Updates).Select(index => UpdateAsync(client, number, (number * 10) + index)),
        ]);
        await EndAsync(client, number);
    }

    private async Task SignalAsync(ServerClient client, int number, int value)
    {
        var signal = new SignalWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new() { WorkflowId = Id(number) },
            SignalName = "note",
            RequestId = Guid.NewGuid().ToString(),
            Input = Json(value),
        };
        await PersistAsync(() => client.CallAsync<SignalWorkflowExecutionResponse>("SignalWorkflowExecution", signal));
    }

    private async Task UpdateAsync(ServerClient client, int number, int value)
    {
        var update = new UpdateWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new() { WorkflowId = Id(number) },
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
            Request = new() { Meta = new() { UpdateId = $"update-{value}" }, Input = new() { Name = "change", Args = Json(value) } },
        };
        UpdateWorkflowExecutionResponse answer;
        do
        {
            answer = await PersistAsync(() => client.CallAsync<UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", update));
        }
        while (answer.Outcome is null);

        Assert.Equal($"{value + 1}", answer.Outcome.Success?.Payloads_[0].Data.ToStringUtf8());
    }

    private async Task EndAsync(ServerClient client, int number)
    {
        var wait = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new() { WorkflowId = Id(number) },
            WaitNewEvent = true,
            HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
        };
        GetWorkflowExecutionHistoryResponse page;
        do
        {
            page = await PersistAsync(() => client.CallAsync<GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", wait));
        }
        while (page.History.Events.Count == 0);
    }

    /// <summary>A caller whose service is down asks again, with the same ids.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (GrpcException failure) when (failure.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Cancelled
                or GrpcStatusCode.ResourceExhausted or GrpcStatusCode.FailedPrecondition)
            {
                Assert.True(_elapsed.Elapsed < Extent.Limit, $"Not done within {Extent.Limit}; last: {failure.Code} {failure.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    private string Id(int number) => $"{_queue}-{number}";

    private static Payloads Json(params int[] values)
    {
        var payloads = new Payloads();
        foreach (var value in values)
        {
            var payload = new Payload { Data = ByteString.CopyFromUtf8($"{value}") };
            payload.Metadata["encoding"] = ByteString.CopyFromUtf8("json/plain");
            payloads.Payloads_.Add(payload);
        }

        return payloads;
    }

    private static string Result(IReadOnlyList<HistoryEvent> history) =>
        history[^1].WorkflowExecutionCompletedEventAttributes.Result.Payloads_[0].Data.ToStringUtf8();

    private static string Expected(int number) => JsonSerializer.Serialize(new object[]
    {
        number + 1,
        number * 2,
        number + 2,
        (number * 2) + 1,
        Enumerable.Range(number * 10, Signals),
        Enumerable.Range(number * 10, Updates),
    });
}
