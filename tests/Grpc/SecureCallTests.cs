using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class SecureCallTests : IDisposable
{
    private readonly SampleService _service = new();
    private readonly Certificates _ours = new();
    private readonly Certificates _theirs = new();

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public async Task A_server_is_trusted_by_its_root()
    {
        await using var host = await StartAsync();

        Assert.Null(await CallAsync(host, new GrpcClientTls { ServerRootsPem = _ours.AuthorityPem }));
    }

    [Fact]
    public async Task A_server_signed_by_others_is_not_trusted_and_the_message_says_so()
    {
        await using var host = await StartAsync();

        foreach (var tls in new GrpcClientTls[] { new(), new() { ServerRootsPem = _theirs.AuthorityPem } })
        {
            var failure = await CallAsync(host, tls);

            Assert.Equal(GrpcStatusCode.Unavailable, failure?.Code);
            Assert.Contains("certificate", failure!.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_name_to_find_in_the_certificate_may_differ_from_the_address()
    {
        await using var host = await StartAsync();

        Assert.Null(await CallAsync(host, new GrpcClientTls { ServerRootsPem = _ours.AuthorityPem, ServerName = "temporal.test" }));
        Assert.Equal(GrpcStatusCode.Unavailable, (await CallAsync(host, new GrpcClientTls { ServerRootsPem = _ours.AuthorityPem, ServerName = "other.test" }))?.Code);
    }

    [Fact]
    public async Task Verification_can_be_switched_off_by_name()
    {
        await using var host = await StartAsync();

        Assert.Null(await CallAsync(host, new GrpcClientTls { TrustAnyServer = true }));
    }

    [Fact]
    public async Task A_server_that_asks_for_certificates_takes_its_own_only()
    {
        await using var host = await StartAsync(_ours.AuthorityPem);
        var anonymous = new GrpcClientTls { ServerRootsPem = _ours.AuthorityPem };

        Assert.Null(await CallAsync(host, Present(anonymous, _ours)));
        Assert.Equal(GrpcStatusCode.Unavailable, (await CallAsync(host, anonymous))?.Code);
        Assert.Equal(GrpcStatusCode.Unavailable, (await CallAsync(host, Present(anonymous, _theirs)))?.Code);
    }

    [Fact]
    public async Task Intermediates_are_sent_along_by_both_sides()
    {
        var (certificate, key) = _ours.ServerByIntermediate();
        await using var host = await GrpcHost.StartAsync(_service.Routes, new() { Tls = new GrpcServerTls(certificate, key, _ours.AuthorityPem) });
        var (clientCertificate, clientKey) = _ours.ClientByIntermediate();

        Assert.Null(await CallAsync(host, new() { ServerRootsPem = _ours.AuthorityPem, CertificatePem = clientCertificate, PrivateKeyPem = clientKey }));
    }

    [Fact]
    public void A_client_certificate_needs_its_key()
    {
        var half = new GrpcClientTls { CertificatePem = _ours.Client().Certificate };

        Assert.Throws<ArgumentException>(() => new GrpcChannel(new GrpcChannelOptions { Address = "localhost:7233", Tls = half }));
    }

    [Fact]
    public async Task Plain_text_does_not_reach_a_secure_port()
    {
        await using var host = await StartAsync();

        Assert.Equal(GrpcStatusCode.Unavailable, (await CallAsync(host, tls: null))?.Code);
    }

    [Fact]
    public async Task An_api_key_opens_the_server_and_can_be_replaced_while_it_is_in_use()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes, new() { Options = new() { ApiKey = "secret" } });
        using var channel = host.Connect(options => options with { ApiKey = "secret" });

        Assert.Null(await CallAsync(channel));
        foreach (var wrong in new[] { null, "", "Secret", "secret " })
        {
            channel.ApiKey = wrong;
            Assert.Equal(GrpcStatusCode.Unauthenticated, (await CallAsync(channel))?.Code);
        }

        channel.ApiKey = "secret";
        Assert.Null(await CallAsync(channel));
    }

    private static GrpcClientTls Present(GrpcClientTls tls, Certificates authority)
    {
        var (certificate, key) = authority.Client();
        return tls with { CertificatePem = certificate, PrivateKeyPem = key };
    }

    private static async Task<GrpcException?> CallAsync(GrpcHost host, GrpcClientTls? tls)
    {
        using var channel = host.Connect(options => options with { Tls = tls });
        return await CallAsync(channel);
    }

    private static async Task<GrpcException?> CallAsync(GrpcChannel channel) =>
        (GrpcException?)await Record.ExceptionAsync(() => channel.UnaryAsync<DescribeNamespaceResponse>(SampleService.Describe, new DescribeNamespaceRequest()));

    private Task<GrpcHost> StartAsync(string? clientRoots = null)
    {
        var (certificate, key) = _ours.Server();
        return GrpcHost.StartAsync(_service.Routes, new() { Tls = new GrpcServerTls(certificate, key, clientRoots) });
    }
}
