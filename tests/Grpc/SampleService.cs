using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>A few methods of the workflow service, each with one behaviour that a test needs.</summary>
internal sealed class SampleService
{
    public static readonly MethodDescriptor Describe = Find("DescribeNamespace");
    public static readonly MethodDescriptor Start = Find("StartWorkflowExecution");
    public static readonly MethodDescriptor Poll = Find("PollWorkflowTaskQueue");
    public static readonly MethodDescriptor Complete = Find("RespondActivityTaskCompleted");
    public static readonly MethodDescriptor History = Find("GetWorkflowExecutionHistory");
    public static readonly MethodDescriptor Count = Find("CountWorkflowExecutions");
    public static readonly MethodDescriptor Unserved = Find("UpdateWorkflowExecution");

    private readonly ConcurrentDictionary<string, int> _pollsByPeer = new();
    private int _failures;

    public SampleService()
    {
        Routes.Unary<GetSystemInfoRequest, GetSystemInfoResponse>(Find("GetSystemInfo"), (_, _) =>
            Task.FromResult(new GetSystemInfoResponse { ServerVersion = "1.2.3", Capabilities = new() { SdkMetadata = true } }));
        Routes.Unary<DescribeNamespaceRequest, DescribeNamespaceResponse>(Describe, (request, call) => Task.FromResult(Echo(request, call)));
        Routes.Unary<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(Start, (request, _) => throw AlreadyStarted(request));
        Routes.Unary<PollWorkflowTaskQueueRequest, PollWorkflowTaskQueueResponse>(Poll, PollAsync);
        Routes.Unary<RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse>(Complete, (_, _) =>
            Task.FromResult(new RespondActivityTaskCompletedResponse()));
        Routes.Unary<GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse>(History, (request, _) =>
            Task.FromResult(new GetWorkflowExecutionHistoryResponse { NextPageToken = ByteString.CopyFrom(new byte[request.MaximumPageSize]) }));
        Routes.Unary<CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse>(Count, (request, call) => Task.FromResult(CountOrFail(request, call)));
    }

    public GrpcRoutes Routes { get; } = new();

    /// <summary>How each poll ended, seen from inside its handler.</summary>
    public ConcurrentQueue<bool> EndedPolls { get; } = new();

    public ConcurrentQueue<DateTimeOffset?> Deadlines { get; } = new();

    /// <summary>So many of the next counts fail as unavailable.</summary>
    public int Failures
    {
        get => Volatile.Read(ref _failures);
        set => Volatile.Write(ref _failures, value);
    }

    private static MethodDescriptor Find(string method) => ServiceReflection.Descriptor.Services[0].FindMethodByName(method);

    private static DescribeNamespaceResponse Echo(DescribeNamespaceRequest request, GrpcCall call)
    {
        var namespaceInfo = new NamespaceInfo { Name = request.Namespace, Description = call.Peer, OwnerEmail = call.Method };
        foreach (var (name, value) in call.Metadata)
        {
            namespaceInfo.Data[name] = value;
        }

        return new DescribeNamespaceResponse { NamespaceInfo = namespaceInfo };
    }

    private static GrpcException AlreadyStarted(StartWorkflowExecutionRequest request) => new(
        GrpcStatusCode.AlreadyExists,
        $"Workflow '{request.WorkflowId}' läuft schon: 100%",
        new WorkflowExecutionAlreadyStartedFailure { StartRequestId = request.RequestId, RunId = "run-1" });

    private async Task<PollWorkflowTaskQueueResponse> PollAsync(PollWorkflowTaskQueueRequest request, GrpcCall call)
    {
        Deadlines.Enqueue(call.Deadline);
        _pollsByPeer.AddOrUpdate(call.Peer, 1, (_, open) => open + 1);
        try
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
            return new PollWorkflowTaskQueueResponse();
        }
        finally
        {
            _pollsByPeer.AddOrUpdate(call.Peer, 0, (_, open) => open - 1);
            EndedPolls.Enqueue(call.CancellationToken.IsCancellationRequested);
        }
    }

    private CountWorkflowExecutionsResponse CountOrFail(CountWorkflowExecutionsRequest request, GrpcCall call) => request.Query switch
    {
        "bug" => throw new InvalidOperationException("a secret of the server"),
        "own cancellation" => throw new OperationCanceledException("cancelled inside"),
        "polls of this peer" => new CountWorkflowExecutionsResponse { Count = _pollsByPeer.GetValueOrDefault(call.Peer) },
        _ when Interlocked.Decrement(ref _failures) >= 0 => throw new GrpcException(GrpcStatusCode.Unavailable, "try again"),
        _ => new CountWorkflowExecutionsResponse { Count = 42 },
    };
}
