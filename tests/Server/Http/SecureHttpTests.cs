using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Grpc;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Server.Http;

/// <summary>The ports of HTTP and of the figures, where certificates and a key are asked for.</summary>
public sealed class SecureHttpTests(SecureHttpTests.Secured server) : IClassFixture<SecureHttpTests.Secured>
{
    private const string Key = "a key of one's own";

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer another")]
    [InlineData("Basic a key of one's own")]
    public async Task Without_the_key_nothing_is_told(string? authorization)
    {
        using var client = server.Client(ours: true);

        using var called = await GetAsync(client, server.Api("/api/v1/cluster-info"), authorization);
        using var counted = await GetAsync(client, server.Metrics, authorization);

        Assert.Equal(HttpStatusCode.Unauthorized, called.StatusCode);
        Assert.Equal(16, JsonDocument.Parse(await called.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetInt32());
        Assert.Equal(HttpStatusCode.Unauthorized, counted.StatusCode);
        Assert.DoesNotContain("temporal_", await counted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task With_certificate_and_key_all_is_as_without()
    {
        using var client = server.Client(ours: true);

        using var called = await GetAsync(client, server.Api("/api/v1/namespaces/default"), $"Bearer {Key}");
        using var counted = await GetAsync(client, server.Metrics, $"Bearer {Key}");

        Assert.Equal(HttpStatusCode.OK, called.StatusCode);
        Assert.Contains("\"default\"", await called.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, counted.StatusCode);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_gets_no_answer_and_neither_does_none()
    {
        using var stranger = server.Client(ours: false);
        using var nobody = server.Client(ours: null);
        using var plain = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(stranger, server.Api("/api/v1/cluster-info"), $"Bearer {Key}"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(nobody, server.Api("/api/v1/cluster-info"), $"Bearer {Key}"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(plain, new UriBuilder(server.Api("/api/v1/cluster-info")) { Scheme = "http" }.Uri, $"Bearer {Key}"));
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_server_sends_it_nothing()
    {
        using var client = new HttpClient();

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client, server.Api("/api/v1/cluster-info"), $"Bearer {Key}"));

        Assert.IsType<AuthenticationException>(refusal.InnerException);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address, string? authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return client.SendAsync(request);
    }

    public sealed class Secured : IAsyncLifetime, IDisposable
    {
        private readonly Certificates _ours = new();
        private readonly Certificates _theirs = new();
        private EmbeddedTemporal? _server;

        public Uri Metrics => new($"https://{_server!.MetricsAddress}/metrics");

        public async Task InitializeAsync()
        {
            var (certificate, key) = _ours.Server();
            _server = await EmbeddedTemporal.StartAsync(
                new TemporalOptions { HttpPort = 0, MetricsPort = 0, ApiKey = Key, Tls = new GrpcServerTls(certificate, key, _ours.AuthorityPem) }, NullLoggerFactory.Instance);
        }

        public Task DisposeAsync() => _server!.DisposeAsync().AsTask();

        public void Dispose()
        {
            _ours.Dispose();
            _theirs.Dispose();
        }

        public Uri Api(string path) => new($"https://{_server!.HttpAddress}{path}");

        /// <param name="ours">Which authority has signed the client's certificate; null without one.</param>
        public HttpClient Client(bool? ours)
        {
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_ours.AuthorityPem));
            var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } };
            if (ours is { } known)
            {
                var (certificate, key) = (known ? _ours : _theirs).Client();
                handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
            }

            return new HttpClient(handler);
        }
    }
}
