using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>Temporal's own client (on grpc-js) and worker (on its native core) call our host.</summary>
public sealed class OfficialClientTests(OfficialClientTests.Run run) : IClassFixture<OfficialClientTests.Run>
{
    private const string Suite = "grpc";

    public static TheoryData<string> Scenarios => [.. ConformanceSuite.Scenarios(Suite)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Official_clients_agree(string scenario)
    {
        var outcome = Assert.Contains(scenario, run.Outcomes);

        Assert.True(outcome.Outcome == "passed", $"{outcome.Outcome}: {outcome.Error ?? outcome.Reason}");
    }

    [Fact]
    public void Every_scenario_that_ran_is_one_of_these_tests() =>
        Assert.Equal(ConformanceSuite.Scenarios(Suite).Order(), run.Outcomes.Keys.Order());

    public sealed class Run : IAsyncLifetime
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

        internal IReadOnlyDictionary<string, ScenarioOutcome> Outcomes { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            using var certificates = new Certificates();
            var (certificate, key) = certificates.Server();
            var (clientCertificate, clientKey) = certificates.Client();
            var routes = new SampleService().Routes;
            await using var plain = await GrpcHost.StartAsync(routes, new() { Options = new() { CompressResponsesFromBytes = 0 }, Before = ShowEncoding });
            await using var secure = await GrpcHost.StartAsync(routes, new() { Tls = new GrpcServerTls(certificate, key, certificates.AuthorityPem) });
            var tls = JsonSerializer.Serialize(new { address = secure.Address, root = certificates.AuthorityPem, certificate = clientCertificate, key = clientKey });

            Outcomes = await ConformanceSuite.RunAsync(Suite, plain.Address, Limit, new Dictionary<string, string> { ["CONFORMANCE_TLS"] = tls });

            await Eventually.EqualAsync(0, () => routes.OpenCalls);
        }

        public Task DisposeAsync() => Task.CompletedTask;

        // Handlers do not see how their request was encoded; here it comes to them as metadata.
        private static void ShowEncoding(WebApplication application) => application.Use(next => context =>
        {
            context.Request.Headers["x-seen-encoding"] = context.Request.Headers["grpc-encoding"].ToString();
            return next(context);
        });
    }
}
