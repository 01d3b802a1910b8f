using System.Net;
using Microsoft.Extensions.Logging;
using TemporalDev.Server.Host;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server;

public sealed class CommandLineTests
{
    [Fact]
    public void Nothing_given_means_loopback_the_usual_port_and_a_database_of_ones_own()
    {
        var parsed = CommandLine.Parse([]);

        Assert.Equal((IPAddress.Loopback, 7233), (parsed.Options.Address, parsed.Options.Port));
        Assert.Equal(["default"], parsed.Options.Namespaces);
        Assert.True(parsed.WantsEmbeddedDatabase);
        Assert.Null(parsed.Options.HttpPort);
    }

    [Fact]
    public void Flags_are_read_with_a_space_or_an_equals_sign()
    {
        var parsed = CommandLine.Parse(
            ["--memory", "--time-skipping", "--ip=127.0.0.2", "--port", "1", "--http-port=2", "--metrics-port", "3", "--namespace", "a", "--namespace=b", "--search-attribute", "Plan=keyword", "--log-level=debug"]);

        Assert.Equal(("127.0.0.2", 1, 2, 3), (parsed.Options.Address.ToString(), parsed.Options.Port, parsed.Options.HttpPort, parsed.Options.MetricsPort));
        Assert.Equal(["a", "b"], parsed.Options.Namespaces);
        Assert.Equal(IndexedValueType.Keyword, parsed.Options.SearchAttributes["Plan"]);
        Assert.Equal(LogLevel.Debug, parsed.LogLevel);
        Assert.False(parsed.WantsEmbeddedDatabase);
        Assert.True(parsed.Options.TimeSkipping);
    }

    [Theory]
    [InlineData("--bogus", "--bogus is not a flag.")]
    [InlineData("--port", "--port lacks its value.")]
    [InlineData("--port 70000", "--port '70000' is not a port")]
    [InlineData("--ip here", "'here' is not an IP address")]
    [InlineData("--ip 0.0.0.0", "--allow-remote")]
    [InlineData("--memory --db Host=x", "--db and --memory exclude each other.")]
    [InlineData("--time-skipping", "--time-skipping needs --memory")]
    [InlineData("--tls-cert a", "--tls-key")]
    [InlineData("--tls-client-ca a", "--tls-cert")]
    [InlineData("--log-level loud", "'loud' is not a log level")]
    [InlineData("--search-attribute Plan", "'Plan' is not NAME=TYPE")]
    public void A_flag_that_makes_no_sense_is_refused_in_one_sentence(string arguments, string sentence)
    {
        var refusal = Assert.Throws<FormatException>(() => CommandLine.Parse(arguments.Split(' ')));

        Assert.Contains(sentence, refusal.Message);
    }

    [Theory]
    [InlineData("--ip 0.0.0.0 --allow-remote", true)]
    [InlineData("--ip 0.0.0.0 --allow-remote --api-key env:KEY", false)]
    [InlineData("--ip 0.0.0.0 --allow-remote --tls-cert a --tls-key b", false)]
    [InlineData("--ip 127.0.0.1", false)]
    public void Being_open_to_everybody_is_noticed(string arguments, bool isOpen) =>
        Assert.Equal(isOpen, CommandLine.Parse(arguments.Split(' ')).IsOpenToOthers);

    [Fact]
    public void Help_names_every_flag_that_is_read()
    {
        Assert.True(CommandLine.Parse(["--help"]).HelpWanted);

        foreach (var flag in (string[])["--ip", "--allow-remote", "--port", "--http-port", "--metrics-port", "--db", "--memory", "--namespace", "--search-attribute", "--api-key", "--tls-cert", "--tls-key", "--tls-client-ca", "--log-level"])
        {
            Assert.Contains(flag + " ", CommandLine.Usage);
        }
    }

    [Theory]
    [InlineData("/state", false, "/state/temporal-dev")]
    [InlineData("relative", false, "/home/me/.local/state/temporal-dev")]
    [InlineData(null, false, "/home/me/.local/state/temporal-dev")]
    [InlineData(null, true, "/var/lib/temporal-dev")]
    public void State_lives_where_the_user_keeps_it(string? stateHome, bool isRoot, string folder) =>
        Assert.Equal(folder, StateFolder.Choose(name => name == "XDG_STATE_HOME" ? stateHome : null, "/home/me", isRoot));
}
