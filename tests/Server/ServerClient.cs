using Google.Protobuf;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

/// <summary>A client and worker by hand, over a real socket.</summary>
internal sealed class ServerClient(string address, string queue) : IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel _channel = new(new GrpcChannelOptions { Address = address });

    public Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, GrpcCallOptions? options = null, CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse> =>
        _channel.UnaryAsync<TResponse>(ServiceReflection.Descriptor.Services[0].FindMethodByName(method), request, options, cancellation);

    public async Task<WorkflowExecution> StartAsync(string? workflowId = null, Action<StartWorkflowExecutionRequest>? configure = null)
    {
        var request = new StartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = workflowId ?? Guid.NewGuid().ToString(),
            WorkflowType = new() { Name = "ByHand" },
            TaskQueue = new() { Name = queue },
            RequestId = Guid.NewGuid().ToString(),
        };
        configure?.Invoke(request);
        var started = await CallAsync<StartWorkflowExecutionResponse>("StartWorkflowExecution", request);
        return new WorkflowExecution { WorkflowId = request.WorkflowId, RunId = started.RunId };
    }

    public async Task<PollWorkflowTaskQueueResponse> TaskAsync()
    {
        var request = new PollWorkflowTaskQueueRequest { Namespace = "default", TaskQueue = new() { Name = queue }, Identity = "by hand" };
        var task = await CallAsync<PollWorkflowTaskQueueResponse>("PollWorkflowTaskQueue", request, new() { Timeout = PollTimeout });
        Assert.False(task.TaskToken.IsEmpty, $"No workflow task came within {PollTimeout}.");
        return task;
    }

    public async Task<PollActivityTaskQueueResponse> ActivityAsync(GrpcRetryPolicy? retry = null)
    {
        var request = new PollActivityTaskQueueRequest { Namespace = "default", TaskQueue = new() { Name = queue }, Identity = "by hand" };
        var task = await CallAsync<PollActivityTaskQueueResponse>("PollActivityTaskQueue", request, new() { Timeout = PollTimeout, Retry = retry });
        Assert.False(task.TaskToken.IsEmpty, $"No activity task came within {PollTimeout}.");
        return task;
    }

    public Task<RespondWorkflowTaskCompletedResponse> AnswerAsync(PollWorkflowTaskQueueResponse task, params Command[] commands)
    {
        var request = new RespondWorkflowTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken, Identity = "by hand" };
        request.Commands.AddRange(commands);
        return CallAsync<RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", request);
    }

    public async Task AdvanceAsync(params Command[] commands) => await AnswerAsync(await TaskAsync(), commands);

    public Task CompleteActivityAsync(PollActivityTaskQueueResponse task) => CallAsync<RespondActivityTaskCompletedResponse>(
        "RespondActivityTaskCompleted", new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken });

    public Task SignalAsync(WorkflowExecution run, string name, string? requestId = null) => CallAsync<SignalWorkflowExecutionResponse>(
        "SignalWorkflowExecution",
        new SignalWorkflowExecutionRequest { Namespace = "default", WorkflowExecution = run, SignalName = name, RequestId = requestId ?? Guid.NewGuid().ToString() });

    public async Task<IReadOnlyList<EventType>> HistoryAsync(WorkflowExecution run) =>
        [.. (await EventsAsync(run)).Select(item => item.EventType)];

    public async Task<IReadOnlyList<HistoryEvent>> EventsAsync(WorkflowExecution run)
    {
        var events = new List<HistoryEvent>();
        var request = new GetWorkflowExecutionHistoryRequest { Namespace = "default", Execution = run };
        do
        {
            var page = await CallAsync<GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", request);
            events.AddRange(page.History.Events);
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        HistoryInvariants.Check(events);
        return events;
    }

    public void Dispose() => _channel.Dispose();
}
