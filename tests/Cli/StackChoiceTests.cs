using Orchestrator.Cli.Embedded;

namespace Orchestrator.Tests.Cli;

public sealed class StackChoiceTests
{
    [Theory]
    [InlineData("", "Database Service Worker")]
    [InlineData("ORCHESTRATOR_LEDGER", "Database Service Worker")]
    [InlineData("TEMPORAL_ADDRESS", "Database Worker")]
    [InlineData("TEMPORAL_PROFILE", "Database Worker")]
    [InlineData("TEMPORAL_CONFIG_FILE", "Database Worker")]
    [InlineData("TEMPORAL_ADDRESS ORCHESTRATOR_LEDGER", "")]
    public void What_the_environment_names_is_not_embedded(string named, string embedded)
    {
        var choice = StackChoice.From(name => named.Split(' ').Contains(name) ? "somewhere" : "");

        Assert.Equal(embedded, string.Join(' ', choice.Pieces));
    }

    [Fact]
    public void Addresses_are_known_once_everything_that_is_embedded_runs()
    {
        var choice = StackChoice.From(_ => null);
        var database = Record("Host=127.0.0.1;Port=5432;Username=u;Password=p;Database=postgres");

        Assert.Null(StackAddresses.Of(choice, new Dictionary<Piece, PieceRecord> { [Piece.Database] = database }));
        Assert.Equal(
            new StackAddresses("127.0.0.1:7233", "Host=127.0.0.1;Port=5432;Username=u;Password=p;Database=orchestrator", database.Address),
            StackAddresses.Of(choice, new Dictionary<Piece, PieceRecord> { [Piece.Database] = database, [Piece.Service] = Record("127.0.0.1:7233") }));
    }

    [Fact]
    public void A_ledger_elsewhere_is_used_beside_the_embedded_rest()
    {
        var choice = StackChoice.From(name => name == StackChoice.LedgerVariable ? "Host=ledger" : null);
        var running = new Dictionary<Piece, PieceRecord> { [Piece.Database] = Record("Host=127.0.0.1"), [Piece.Service] = Record("127.0.0.1:7233") };

        var variables = StackAddresses.Of(choice, running)!.AsVariables();

        Assert.Equal("Host=ledger", variables["ORCHESTRATOR_LEDGER"]);
        Assert.Equal("Host=127.0.0.1", variables["ORCHESTRATOR_LOCAL"]);
        Assert.Equal("127.0.0.1:7233", variables["TEMPORAL_ADDRESS"]);
    }

    [Theory]
    [InlineData("/named", "/xdg", false, "/named")]
    [InlineData(null, "/xdg", true, "/xdg/orchestrator")]
    [InlineData(null, "relative", false, "/home/ada/.local/state/orchestrator")]
    [InlineData("", null, false, "/home/ada/.local/state/orchestrator")]
    [InlineData(null, null, true, "/var/lib/orchestrator")]
    public void State_is_kept_where_the_user_says_or_where_such_things_go(string? home, string? xdg, bool isRoot, string expected)
    {
        var folder = StateFolder.Choose(name => name == StateFolder.Variable ? home : xdg, "/home/ada", isRoot);

        Assert.Equal(expected, folder);
    }

    [Fact]
    public void Only_the_folder_that_nobody_named_has_the_usual_port_and_each_other_one_a_port_of_its_own()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var usual = StateFolder.Choose(name => name == StateFolder.Variable ? null : Environment.GetEnvironmentVariable(name), home, Environment.IsPrivilegedProcess);
        var others = Enumerable.Range(0, 20).Select(i => new StateFolder($"/somewhere/else/{i}")).ToList();

        Assert.Equal(7233, new StateFolder(usual).FirstServicePort);
        Assert.All(others, other => Assert.InRange(other.FirstServicePort, 10_000, 19_999));
        Assert.True(others.Select(other => other.FirstServicePort).Distinct().Count() > 18);
        Assert.Equal(others.Count, others.Select(other => other.Name).Distinct().Count());
        Assert.Equal(others[3].FirstServicePort, new StateFolder(others[3].Root + "/").FirstServicePort);
    }

    private static PieceRecord Record(string address) => new(1, default, address, "", Guid.Empty, null);
}
