using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>What no client of ours would send, sent over plain HTTP/2 on one connection that has to survive it.</summary>
public sealed class BrokenRequestTests : IAsyncLifetime, IDisposable
{
    private const string Service = "/temporal.api.workflowservice.v1.WorkflowService/";
    private const string Describe = Service + "DescribeNamespace";

    private static readonly byte[] GoodFrame = [0, 0, 0, 0, 9, 10, 7, .. "default"u8];

    private readonly SampleService _service = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false });
    private GrpcHost _host = null!;

    public async Task InitializeAsync() => _host = await GrpcHost.StartAsync(
        _service.Routes, new() { Options = new() { MaxRequestBytes = 1000 } });

    public async Task DisposeAsync()
    {
        await Eventually.EqualAsync(0, () => _service.Routes.OpenCalls);
        Assert.Equal("0", (await SendAsync(new(GoodFrame))).Status);
        Assert.Equal(1, _host.Connections);
        await _host.DisposeAsync();
    }

    public void Dispose() => _http.Dispose();

    public static TheoryData<string, byte[], GrpcStatusCode> Frames => new()
    {
        { "nothing at all", [], GrpcStatusCode.Internal },
        { "half a prefix", [0, 0, 0], GrpcStatusCode.Internal },
        { "a prefix without its message", [0, 0, 0, 0, 9], GrpcStatusCode.Internal },
        { "half a message", GoodFrame[..^3], GrpcStatusCode.Internal },
        { "more than a message", [.. GoodFrame, 10, 0], GrpcStatusCode.Internal },
        { "two messages", [.. GoodFrame, .. GoodFrame], GrpcStatusCode.Internal },
        { "an unknown flag", [7, .. GoodFrame[1..]], GrpcStatusCode.Internal },
        { "compression that was not announced", [1, .. GoodFrame[1..]], GrpcStatusCode.Internal },
        { "a message that is not protobuf", [0, 0, 0, 0, 3, 255, 255, 255], GrpcStatusCode.Internal },
        { "a length beyond the limit", [0, 0, 0, 4, 0], GrpcStatusCode.ResourceExhausted },
        { "the largest length", [0, 255, 255, 255, 255], GrpcStatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_malformed_body_has_its_status(string what, byte[] body, GrpcStatusCode code)
    {
        var answer = await SendAsync(new(body));

        Assert.True(answer.Status == ((int)code).ToString(), $"{what}: {answer}");
    }

    [Fact]
    public async Task A_body_that_never_stops_is_refused_at_its_prefix()
    {
        var answer = await SendAsync(new([0, 0, 0, 4, 0, .. new byte[5_000_000]]));

        Assert.Equal("8", answer.Status);
    }

    [Theory]
    [InlineData(Service + "NoSuchMethod", "unknown method NoSuchMethod for service temporal.api.workflowservice.v1.WorkflowService")]
    [InlineData("/no.such.Service/Method", "unknown method Method for service no.such.Service")]
    public async Task An_unknown_method_is_unimplemented_and_named(string path, string message)
    {
        var answer = await SendAsync(new(GoodFrame) { Path = path });

        Assert.Equal(("12", message), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData("grpc-encoding", "zstd", "12")]
    [InlineData("grpc-encoding", "identity", "0")]
    [InlineData("grpc-timeout", "soon", "13")]
    [InlineData("grpc-timeout", "0m", "4")]
    [InlineData("grpc-timeout", "99999999H", "0")]
    public async Task A_header_that_means_nothing_has_its_status(string name, string value, string status) =>
        Assert.Equal(status, (await SendAsync(new(GoodFrame) { Header = (name, value) })).Status);

    [Fact]
    public async Task An_unknown_compression_is_answered_with_those_that_are_known()
    {
        var answer = await SendAsync(new(GoodFrame) { Header = ("grpc-encoding", "zstd") });

        Assert.Equal("identity,gzip", answer.AcceptEncoding);
    }

    [Fact]
    public async Task What_is_not_grpc_is_refused_in_http()
    {
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(new(GoodFrame) { ContentType = "application/json" })).Http);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(new(GoodFrame) { Path = "/" })).Http);
    }

    [Fact]
    public async Task A_request_that_stops_half_way_is_ended_by_the_server()
    {
        await using var impatient = await GrpcHost.StartAsync(_service.Routes, new() { Options = new() { RequestReadTimeout = TimeSpan.FromMilliseconds(100) } });
        using var body = new StallingContent(GoodFrame[..7]);
        using var request = Compose(new(GoodFrame), body, impatient);
        using var response = await _http.SendAsync(request, CancellationToken.None);

        Assert.Equal("4", Assert.Single(response.Headers.GetValues("grpc-status")));
        body.Release();
    }

    [Fact]
    public async Task The_servers_own_clock_ends_a_call_whose_client_goes_on_waiting() =>
        Assert.Equal("4", (await SendAsync(new([0, 0, 0, 0, 0]) { Path = Service + "PollWorkflowTaskQueue", Header = ("grpc-timeout", "50m") })).Status);

    [Fact]
    public async Task Ten_thousand_random_requests_each_get_a_status_over_one_connection()
    {
        var random = new Random(20261121);
        var requests = Enumerable.Range(0, 10_000).Select(_ => Broken(random)).ToArray();

        // Sixteen at a time, so that broken requests also meet each other on the connection.
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (request, _) =>
        {
            var answer = await SendAsync(request);
            Assert.True(answer.Status is "0" or "4" or "8" or "12" or "13", $"{answer} for {Convert.ToHexString(request.Body)}");
        });
    }

    [Fact]
    public async Task Requests_that_are_cancelled_at_any_point_leave_nothing_behind()
    {
        for (var i = 0; i < 300; i++)
        {
            using var cancelling = new CancellationTokenSource();
            using var request = Compose(new([0, 0, 0, 0, 0]) { Path = Service + "PollWorkflowTaskQueue" }, new ByteArrayContent([0, 0, 0, 0, 0]), _host);
            var sending = _http.SendAsync(request, cancelling.Token);
            for (var turns = i % 30; turns > 0; turns--)
            {
                await Task.Yield();
            }

            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }
    }

    private static Request Broken(Random random)
    {
        var body = random.Next(4) switch
        {
            0 => new byte[random.Next(40)],
            1 => GoodFrame[..random.Next(GoodFrame.Length + 1)],
            2 => [.. GoodFrame, .. new byte[random.Next(3)]],
            _ => [0, 0, 0, 0, (byte)random.Next(30), .. new byte[random.Next(30)]],
        };
        for (var changes = random.Next(6); changes > 0 && body.Length > 0; changes--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        return new Request([.. body])
        {
            Path = random.Next(10) == 0 ? $"/s{random.Next()}/m" : Describe,
            Header = random.Next(6) switch
            {
                0 => ("grpc-encoding", "gzip"),
                1 => ("grpc-timeout", $"{random.Next(200_000_000)}{(char)random.Next('A', 'z')}"),
                2 => ("x-bin", $"{(char)random.Next(' ', '~')}!"),
                _ => null,
            },
        };
    }

    private static HttpRequestMessage Compose(Request request, HttpContent body, GrpcHost host)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        var message = new HttpRequestMessage(HttpMethod.Post, $"http://{host.Address}{request.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        message.Headers.TryAddWithoutValidation("te", "trailers");
        if (request.Header is var (name, value))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private async Task<Answer> SendAsync(Request request)
    {
        using var message = Compose(request, new ByteArrayContent(request.Body), _host);
        using var response = await _http.SendAsync(message, CancellationToken.None);
        await response.Content.LoadIntoBufferAsync();
        return new Answer(response.StatusCode, First(response, "grpc-status"), First(response, "grpc-message"), First(response, "grpc-accept-encoding"));
    }

    private static string? First(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values) ? values.First() : null;

    private sealed record Request(byte[] Body)
    {
        public string Path { get; init; } = Describe;

        public string ContentType { get; init; } = "application/grpc";

        public (string Name, string Value)? Header { get; init; }
    }

    private sealed record Answer(HttpStatusCode Http, string? Status, string? Message, string? AcceptEncoding);

    /// <summary>Sends its first bytes and then nothing until it is released.</summary>
    private sealed class StallingContent(byte[] first) : HttpContent
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(first);
            await stream.FlushAsync();
            await _released.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
