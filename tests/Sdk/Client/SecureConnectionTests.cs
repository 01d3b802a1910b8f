using System.Collections.Concurrent;
using System.Text;
using Orchestrator.Tests.Grpc;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Common.EnvConfig;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Sdk.Client;

/// <summary>TLS, client certificates and keys, as options and as profiles say them, against a server of our own.</summary>
public sealed class SecureConnectionTests : IDisposable
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = ServiceReflection.Descriptor.Services.Single();

    private readonly Certificates _ours = new();
    private readonly Certificates _theirs = new();
    private readonly ConcurrentQueue<GrpcMetadata> _headers = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("profiles-").FullName;

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_client_connects_to_a_server_whose_root_it_is_given()
    {
        await using var host = await HostAsync(askForCertificates: false);

        await TemporalClient.ConnectAsync(new(host.Address) { Tls = new() { ServerRootCACert = Pem(_ours.AuthorityPem) } });
        await TemporalClient.ConnectAsync(new(host.Address) { Tls = new() { ServerRootCACert = Pem(_ours.AuthorityPem), Domain = "temporal.test" } });

        var stranger = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TemporalClient.ConnectAsync(new(host.Address) { Tls = new() { ServerRootCACert = Pem(_theirs.AuthorityPem) } }));
        Assert.Contains(host.Address, stranger.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new(host.Address)));
    }

    [Fact]
    public async Task A_server_that_asks_for_certificates_lets_its_own_clients_in()
    {
        await using var host = await HostAsync(askForCertificates: true);

        await TemporalClient.ConnectAsync(new(host.Address) { Tls = Presenting(_ours) });

        await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new(host.Address) { Tls = Presenting(_theirs) }));
    }

    [Fact]
    public async Task A_key_switches_tls_on_and_goes_with_each_call()
    {
        await using var host = await HostAsync(askForCertificates: false);

        await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new(host.Address) { ApiKey = "secret" }));
        await TemporalClient.ConnectAsync(new(host.Address) { ApiKey = "secret", Tls = new() { ServerRootCACert = Pem(_ours.AuthorityPem) } });

        Assert.Equal("Bearer secret", _headers.Last().Get("authorization"));
    }

    [Fact]
    public async Task A_profile_of_the_configuration_file_says_all_of_it()
    {
        await using var host = await HostAsync(askForCertificates: true);
        var (certificate, key) = _ours.Client();
        var file = Write("temporal.toml", $"""
            [profile.production]
            address = "{host.Address}"
            namespace = "orders"
            api_key = "secret"
            grpc_meta = {"{"} x-team = "db" {"}"}

            [profile.production.tls]
            server_name = "temporal.test"
            server_ca_cert_path = '{Write("ca.pem", _ours.AuthorityPem)}'
            client_cert_path = '{Write("client.pem", certificate)}'
            client_key_path = '{Write("client.key", key)}'
            """);
        var environment = new Dictionary<string, string> { ["TEMPORAL_CONFIG_FILE"] = file, ["TEMPORAL_PROFILE"] = "production" };

        var client = await TemporalClient.ConnectAsync(ClientEnvConfig.LoadClientConnectOptions(new() { OverrideEnvVars = environment }));

        Assert.Equal("orders", client.Options.Namespace);
        Assert.Equal(("Bearer secret", "db"), (_headers.Last().Get("authorization"), _headers.Last().Get("x-team")));

        environment["TEMPORAL_TLS_SERVER_NAME"] = "other.test";
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TemporalClient.ConnectAsync(ClientEnvConfig.LoadClientConnectOptions(new() { OverrideEnvVars = environment })));
    }

    private static byte[] Pem(string text) => Encoding.UTF8.GetBytes(text);

    private TlsOptions Presenting(Certificates whose)
    {
        var (certificate, key) = whose.Client();
        return new() { ServerRootCACert = Pem(_ours.AuthorityPem), ClientCert = Pem(certificate), ClientPrivateKey = Pem(key) };
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private Task<GrpcHost> HostAsync(bool askForCertificates)
    {
        var routes = new GrpcRoutes();
        routes.Unary<GetSystemInfoRequest, GetSystemInfoResponse>(Service.FindMethodByName("GetSystemInfo"), (_, call) =>
        {
            _headers.Enqueue(call.Metadata);
            return Task.FromResult(new GetSystemInfoResponse());
        });
        var (certificate, key) = _ours.Server();
        return GrpcHost.StartAsync(routes, new() { Tls = new GrpcServerTls(certificate, key, askForCertificates ? _ours.AuthorityPem : null) });
    }
}
