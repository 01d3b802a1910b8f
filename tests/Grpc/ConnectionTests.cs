using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Orchestrator.Tests.Support;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class ConnectionTests
{
    private static readonly GrpcRetryPolicy Quick = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaxInterval = TimeSpan.FromMilliseconds(5) };

    private readonly SampleService _service = new();

    [Fact]
    public async Task A_call_is_tried_again_until_it_succeeds()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with { Retry = Quick });
        _service.Failures = 9;

        Assert.Equal(42, (await CountAsync(channel)).Count);
        Assert.Equal(-1, _service.Failures);
    }

    [Fact]
    public async Task The_last_failure_is_reported_when_tries_run_out()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with { Retry = Quick });
        _service.Failures = 100;

        var failure = await Assert.ThrowsAsync<GrpcException>(() => CountAsync(channel));

        Assert.Equal((GrpcStatusCode.Unavailable, "try again"), (failure.Code, failure.Message));
        Assert.Equal(90, _service.Failures);
    }

    [Fact]
    public async Task A_call_may_switch_retries_off()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with { Retry = Quick });
        _service.Failures = 100;

        await Assert.ThrowsAsync<GrpcException>(() => CountAsync(channel, new GrpcCallOptions { Retry = GrpcRetryPolicy.None }));

        Assert.Equal(99, _service.Failures);
    }

    [Fact]
    public async Task The_reason_is_reported_when_the_deadline_leaves_no_time_for_another_try()
    {
        using var channel = new GrpcChannel(new GrpcChannelOptions { Address = $"127.0.0.1:{UnusedPort()}" });

        var failure = await Assert.ThrowsAsync<GrpcException>(() => CountAsync(channel, new GrpcCallOptions { Timeout = TimeSpan.FromSeconds(2) }));

        Assert.Equal(GrpcStatusCode.Unavailable, failure.Code);
        Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("http://localhost:7233")]
    [InlineData("localhost:port")]
    [InlineData("localhost:70000")]
    [InlineData(":7233")]
    [InlineData("")]
    public void An_address_is_host_and_port(string address) =>
        Assert.Throws<ArgumentException>(() => new GrpcChannel(new GrpcChannelOptions { Address = address }));

    [Fact]
    public async Task A_channel_finds_its_server_again_after_a_restart()
    {
        var port = UnusedPort();
        using var channel = new GrpcChannel(new GrpcChannelOptions { Address = $"127.0.0.1:{port}" });
        for (var start = 0; start < 3; start++)
        {
            await using var host = await GrpcHost.StartAsync(_service.Routes, new() { Port = port });
            Assert.Equal(42, (await CountAsync(channel)).Count);
        }
    }

    [Fact]
    public async Task A_stopping_server_ends_its_polls_as_unavailable()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect();
        var poll = channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest());
        await Eventually.EqualAsync(1, () => _service.Routes.OpenCalls);

        await host.StopAsync();

        var failure = await Assert.ThrowsAsync<GrpcException>(() => poll);
        Assert.Equal((GrpcStatusCode.Unavailable, "the server is shutting down"), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task A_lost_connection_is_unavailable_and_the_next_try_opens_another()
    {
        await using var relay = new Relay();
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with { Proxy = new GrpcProxy(relay.Address) });
        var poll = channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest());
        await Eventually.EqualAsync(1, () => _service.Routes.OpenCalls);

        relay.Cut();

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => poll)).Code);
        await Eventually.EqualAsync(0, () => _service.Routes.OpenCalls);
        Assert.Equal(42, (await CountAsync(channel)).Count);
        Assert.Equal(2, host.Connections);
    }

    [Fact]
    public async Task A_silent_connection_is_given_up_by_the_clients_pings()
    {
        await using var relay = new Relay();
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with
        {
            Proxy = new GrpcProxy(relay.Address),
            KeepAlive = new GrpcKeepAlive(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
        });
        var waited = Stopwatch.StartNew();
        var poll = channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest());
        await Eventually.EqualAsync(1, () => _service.Routes.OpenCalls);

        relay.Freeze();

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => poll)).Code);
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_silent_connection_is_given_up_by_the_servers_pings()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes, new()
        {
            Options = new() { KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingTimeout = TimeSpan.FromSeconds(1) },
        });
        await using var relay = new Relay();
        using var channel = host.Connect(options => options with { Proxy = new GrpcProxy(relay.Address), KeepAlive = null });
        var poll = channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest());
        await Eventually.EqualAsync(1, () => _service.Routes.OpenCalls);

        relay.Freeze();

        await Eventually.EqualAsync(1, () => _service.EndedPolls.Count);
        Assert.True(_service.EndedPolls.Single());
        await Assert.ThrowsAsync<GrpcException>(() => poll);
    }

    [Fact]
    public async Task A_proxy_is_asked_for_a_tunnel_with_and_without_tls()
    {
        using var certificates = new Certificates();
        var (certificate, key) = certificates.Server();
        await using var relay = new Relay();
        await using var plain = await GrpcHost.StartAsync(_service.Routes);
        await using var secure = await GrpcHost.StartAsync(_service.Routes, new() { Tls = new GrpcServerTls(certificate, key) });
        using var toPlain = plain.Connect(options => options with { Proxy = new GrpcProxy(relay.Address, "user", "pass:word") });
        using var toSecure = secure.Connect(options => options with
        {
            Proxy = new GrpcProxy(relay.Address),
            Tls = new GrpcClientTls { ServerRootsPem = certificates.AuthorityPem },
        });

        Assert.Equal(42, (await CountAsync(toPlain)).Count);
        Assert.Equal(42, (await CountAsync(toSecure)).Count);

        Assert.Equal(
            [
                $"CONNECT {plain.Address} HTTP/1.1\r\nHost: {plain.Address}\r\nProxy-Authorization: Basic dXNlcjpwYXNzOndvcmQ=\r\n\r\n",
                $"CONNECT {secure.Address} HTTP/1.1\r\nHost: {secure.Address}\r\n\r\n",
            ],
            relay.Requests);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_quoted()
    {
        await using var relay = new Relay { Answer = "407 Proxy Authentication Required" };
        await using var host = await GrpcHost.StartAsync(_service.Routes);
        using var channel = host.Connect(options => options with { Proxy = new GrpcProxy(relay.Address) });

        var failure = await Assert.ThrowsAsync<GrpcException>(() => CountAsync(channel));

        Assert.Equal(GrpcStatusCode.Unavailable, failure.Code);
        Assert.Contains("407 Proxy Authentication Required", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task A_server_that_knows_no_gzip_gets_requests_without_it_from_then_on()
    {
        var encodings = new List<string>();
        await using var host = await GrpcHost.StartAsync(_service.Routes, new()
        {
            Before = application => application.Use(next => context =>
            {
                var encoding = context.Request.Headers["grpc-encoding"].ToString();
                encodings.Add(encoding);
                if (encoding.Length == 0)
                {
                    return next(context);
                }

                GrpcReply.WriteStatus(context.Response, new GrpcException(GrpcStatusCode.Unimplemented, "no decompressor"));
                return Task.CompletedTask;
            }),
        });
        using var channel = host.Connect();
        var request = new RespondActivityTaskCompletedRequest { TaskToken = ByteString.CopyFrom(new byte[10_000]) };

        await channel.UnaryAsync<RespondActivityTaskCompletedResponse>(SampleService.Complete, request);
        await channel.UnaryAsync<RespondActivityTaskCompletedResponse>(SampleService.Complete, request);

        Assert.Equal(["gzip", "", ""], encodings);
    }

    [Fact]
    public async Task An_unknown_method_does_not_switch_compression_off()
    {
        var encodings = new List<string>();
        await using var host = await GrpcHost.StartAsync(_service.Routes, new()
        {
            Before = application => application.Use(next => context =>
            {
                encodings.Add(context.Request.Headers["grpc-encoding"].ToString());
                return next(context);
            }),
        });
        using var channel = host.Connect();
        var unserved = new UpdateWorkflowExecutionRequest { Namespace = new string('x', 10_000) };

        var failure = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync<UpdateWorkflowExecutionResponse>(SampleService.Unserved, unserved));
        await channel.UnaryAsync<RespondActivityTaskCompletedResponse>(
            SampleService.Complete, new RespondActivityTaskCompletedRequest { TaskToken = ByteString.CopyFrom(new byte[10_000]) });

        Assert.Equal(GrpcStatusCode.Unimplemented, failure.Code);
        Assert.Equal(["gzip", "", "gzip"], encodings);
    }

    private static Task<CountWorkflowExecutionsResponse> CountAsync(GrpcChannel channel, GrpcCallOptions? options = null) =>
        channel.UnaryAsync<CountWorkflowExecutionsResponse>(SampleService.Count, new CountWorkflowExecutionsRequest(), options);

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
