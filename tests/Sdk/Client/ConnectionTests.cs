using System.Collections.Concurrent;
using Orchestrator.Tests.Grpc;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Sdk.Client;

public sealed class ConnectionTests
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = ServiceReflection.Descriptor.Services.Single();

    private readonly ConcurrentQueue<GrpcMetadata> _headers = new();

    [Fact]
    public async Task Calls_carry_who_calls_which_namespace_and_the_current_key_and_headers()
    {
        await using var host = await HostAsync(_ => Answer());
        using var connection = await TemporalConnection.ConnectAsync(new(host.Address)
        {
            ApiKey = "first",
            Tls = new() { Disabled = true },
            RpcMetadata = [new("X-Team", "db")],
        });
        _headers.Clear();

        await connection.WorkflowService.CountWorkflowExecutionsAsync(new() { Namespace = "of-request" }, new() { Metadata = [new("x-call", "once")] });
        connection.ApiKey = "second";
        connection.RpcMetadata = [new("x-team", "ops")];
        await connection.WorkflowService.CountWorkflowExecutionsAsync(new());

        var (before, after) = (_headers.First(), _headers.Last());
        Assert.Equal(("of-request", "Bearer first", "db", "once"), (before.Get("temporal-namespace"), before.Get("authorization"), before.Get("x-team"), before.Get("x-call")));
        Assert.Equal((null, "Bearer second", "ops", null), (after.Get("temporal-namespace"), after.Get("authorization"), after.Get("x-team"), after.Get("x-call")));
        Assert.NotNull(before.Get("client-name"));
    }

    [Fact]
    public async Task A_raw_call_is_tried_once_unless_it_asks_for_more()
    {
        var failuresLeft = 2;
        await using var host = await HostAsync(_ => failuresLeft-- > 0 ? throw new GrpcException(GrpcStatusCode.Unavailable, "busy") : Answer());
        using var connection = TemporalConnection.CreateLazy(new(host.Address) { RpcRetry = new() { InitialInterval = TimeSpan.FromMilliseconds(1) } });

        var once = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.CountWorkflowExecutionsAsync(new()));
        Assert.Equal((RpcException.StatusCode.Unavailable, "busy"), (once.Code, once.Message));
        Assert.False(connection.IsConnected);
        await connection.WorkflowService.CountWorkflowExecutionsAsync(new(), new() { Retry = true });

        Assert.Equal(3, _headers.Count);
        Assert.True(connection.IsConnected);
    }

    [Fact]
    public async Task Details_of_an_error_arrive_with_it()
    {
        await using var host = await HostAsync(_ => throw new GrpcException(
            GrpcStatusCode.NotFound, "gone", new NotFoundFailure { CurrentCluster = "here" }));
        using var connection = TemporalConnection.CreateLazy(new(host.Address));

        var failure = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.CountWorkflowExecutionsAsync(new()));

        var detail = Assert.Single(failure.GrpcStatus.Value!.Details);
        Assert.Equal("here", detail.Unpack<NotFoundFailure>().CurrentCluster);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_reported_at_once_with_its_address()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new("127.0.0.1:1")));

        Assert.Contains("127.0.0.1:1", failure.Message);
    }

    [Fact]
    public async Task A_call_ends_when_its_caller_or_its_timeout_says_so()
    {
        await using var host = await HostAsync(async call =>
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
            return new();
        });
        using var connection = TemporalConnection.CreateLazy(new(host.Address));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => connection.WorkflowService.CountWorkflowExecutionsAsync(new(), new() { CancellationToken = giveUp.Token }));
        var late = await Assert.ThrowsAsync<RpcException>(
            () => connection.WorkflowService.CountWorkflowExecutionsAsync(new(), new() { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(RpcException.StatusCode.DeadlineExceeded, late.Code);
    }

    [Fact]
    public void Each_rpc_of_the_services_has_its_method()
    {
        (Google.Protobuf.Reflection.ServiceDescriptor Service, Type Type)[] services =
        [
            (Service, typeof(WorkflowService)),
            (Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor.Services.Single(), typeof(OperatorService)),
            (Temporalio.Api.TestService.V1.ServiceReflection.Descriptor.Services.Single(), typeof(TestService)),
        ];

        Assert.All(services, service => Assert.Equal(
            service.Service.Methods.Select(rpc => (rpc.Name + "Async", rpc.InputType.ClrType, typeof(Task<>).MakeGenericType(rpc.OutputType.ClrType))),
            service.Type.GetMethods().Where(m => m.DeclaringType == service.Type)
                .Select(m => (m.Name, m.GetParameters()[0].ParameterType, m.ReturnType))));
    }

    private static Task<CountWorkflowExecutionsResponse> Answer() => Task.FromResult(new CountWorkflowExecutionsResponse());

    private Task<GrpcHost> HostAsync(Func<GrpcCall, Task<CountWorkflowExecutionsResponse>> count)
    {
        var routes = new GrpcRoutes();
        routes.Unary<GetSystemInfoRequest, GetSystemInfoResponse>(Service.FindMethodByName("GetSystemInfo"), (_, _) => Task.FromResult(new GetSystemInfoResponse()));
        routes.Unary<CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse>(Service.FindMethodByName("CountWorkflowExecutions"), (_, call) =>
        {
            _headers.Enqueue(call.Metadata);
            return count(call);
        });
        return GrpcHost.StartAsync(routes);
    }
}
