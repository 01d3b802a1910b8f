using System.Text;
using Temporalio.Common.EnvConfig;

namespace Orchestrator.Tests.Sdk.Common;

public sealed class ClientEnvConfigTests
{
    private const string File = """
        # Shared by all tools.
        [profile.default]
        address = "one:7233"
        namespace = "first"

        [profile."big one"] # quoted
        address = 'two:7233'
        api_key = "sec\u0072et"
        grpc_meta = { "X_Team" = "db", other-header = "v" }

        [profile."big one".tls]
        server_name = "two"
        client_cert_data = '''
        CERT
        '''
        client_key_data = "KEY"
        """;

    [Fact]
    public void The_default_profile_is_read_and_becomes_connection_options()
    {
        var options = ClientEnvConfig.LoadClientConnectOptions(new() { ConfigSource = DataSource.FromUTF8String(File), OverrideEnvVars = Variables() });

        Assert.Equal(("one:7233", "first"), (options.TargetHost, options.Namespace));
        Assert.Null(options.Tls);
        Assert.Null(options.ApiKey);
    }

    [Fact]
    public void A_named_profile_brings_its_key_its_certificates_and_its_headers()
    {
        var options = Load("big one");

        Assert.Equal("secret", options.ApiKey);
        Assert.Equal("two", options.Tls?.Domain);
        Assert.Equal("CERT\n", Encoding.UTF8.GetString(options.Tls!.ClientCert!));
        Assert.Equal("KEY", Encoding.UTF8.GetString(options.Tls!.ClientPrivateKey!));
        Assert.Equal([new("x-team", "db"), new("other-header", "v")], options.RpcMetadata!);
        Assert.Equal("default", options.Namespace);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_can_remove_a_header()
    {
        var options = Load(null,
            ("TEMPORAL_PROFILE", "big one"),
            ("TEMPORAL_ADDRESS", "three:7233"),
            ("TEMPORAL_NAMESPACE", "third"),
            ("TEMPORAL_TLS_SERVER_NAME", "three"),
            ("TEMPORAL_GRPC_META_X_TEAM", ""),
            ("TEMPORAL_GRPC_META_New_Header", "n"));

        Assert.Equal(("three:7233", "third", "secret"), (options.TargetHost, options.Namespace, options.ApiKey));
        Assert.Equal("three", options.Tls?.Domain);
        Assert.Equal([new("new-header", "n"), new("other-header", "v")], options.RpcMetadata!.OrderBy(header => header.Key));
    }

    [Fact]
    public void An_api_key_switches_tls_on_unless_it_is_switched_off()
    {
        Assert.False(Load(null, ("TEMPORAL_API_KEY", "k")).Tls?.Disabled);
        Assert.True(Load(null, ("TEMPORAL_API_KEY", "k"), ("TEMPORAL_TLS", "false")).Tls?.Disabled);
        Assert.False(Load(null, ("TEMPORAL_TLS", "1")).Tls?.Disabled);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one_but_a_profile_that_is_asked_for_must_exist()
    {
        var missing = ("TEMPORAL_CONFIG_FILE", Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()));

        var options = ClientEnvConfig.LoadClientConnectOptions(new() { OverrideEnvVars = Variables(missing) });

        Assert.Null(options.TargetHost);
        Assert.Throws<InvalidOperationException>(() => ClientEnvConfig.LoadClientConnectOptions(new() { Profile = "x", OverrideEnvVars = Variables(missing) }));
        Assert.Throws<InvalidOperationException>(() => Load("nobody"));
    }

    [Fact]
    public void The_file_or_the_environment_can_be_left_out()
    {
        var variables = Variables(("TEMPORAL_ADDRESS", "three:7233"));
        var source = DataSource.FromUTF8String(File);

        Assert.Equal("one:7233", ClientEnvConfig.LoadClientConnectOptions(new() { ConfigSource = source, OverrideEnvVars = variables, DisableEnv = true }).TargetHost);
        Assert.Equal("default", ClientEnvConfig.LoadClientConnectOptions(new() { ConfigSource = source, OverrideEnvVars = variables, DisableFile = true }).Namespace);
        Assert.Equal(["big one", "default"], ClientEnvConfig.Load(new() { ConfigSource = source, OverrideEnvVars = variables }).Profiles.Keys.Order());
    }

    [Theory]
    [InlineData("TEMPORAL_TLS", "perhaps")]
    [InlineData("TEMPORAL_TLS_CLIENT_CERT_PATH", "x", "TEMPORAL_TLS_CLIENT_CERT_DATA", "y")]
    public void Contradictions_in_the_environment_are_refused_by_name(params string[] variables)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Load(null, [.. variables.Chunk(2).Select(pair => (pair[0], pair[1]))]));

        Assert.Contains("TEMPORAL_TLS", refused.Message);
    }

    [Theory]
    [InlineData("[profile.x]\naddress = 5", "must be a string")]
    [InlineData("[profile.x]\naddress = \"a\"\naddress = \"b\"", "line 3")]
    [InlineData("[profile.x]\naddress = \"a", "no end")]
    [InlineData("[profile.x]\naddress = [\"a\"]", "line 2")]
    [InlineData("[profile.x]\n[profile.x]", "twice")]
    [InlineData("[profile.x] more", "line 1")]
    [InlineData("[profile.x]\naddress = \"\\q\"", "escape")]
    public void A_file_that_is_wrong_is_refused_with_the_place(string content, string expected)
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => ClientEnvConfig.Load(new() { ConfigSource = DataSource.FromUTF8String(content), OverrideEnvVars = Variables() }));

        Assert.Contains(expected, refused.Message);
    }

    [Fact]
    public void Unknown_keys_are_refused_only_when_the_file_is_read_strictly()
    {
        var source = DataSource.FromUTF8String("[profile.x]\nadress = \"typo\"");

        Assert.Single(ClientEnvConfig.Load(new() { ConfigSource = source, OverrideEnvVars = Variables() }).Profiles);
        var refused = Assert.Throws<InvalidOperationException>(
            () => ClientEnvConfig.Load(new() { ConfigSource = source, ConfigFileStrict = true, OverrideEnvVars = Variables() }));
        Assert.Contains("adress", refused.Message);
    }

    private static Temporalio.Client.TemporalClientConnectOptions Load(string? profile, params (string, string)[] variables) =>
        ClientEnvConfig.LoadClientConnectOptions(new()
        {
            Profile = profile,
            ConfigSource = DataSource.FromUTF8String(File),
            OverrideEnvVars = Variables(variables),
        });

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value);
}
