using System.Net.Sockets;
using Npgsql;
using Orchestrator.Cli.Embedded;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>The laptop stack as real processes under the real command.</summary>
[TakesSeconds(25)]
public sealed class StackTests
{
    [Fact]
    public async Task Each_piece_that_is_killed_comes_back_at_its_address_while_the_others_go_on()
    {
        await using var home = new StackHome();
        await using var up = home.Up();
        await up.SaysAsync("Ready.");
        var (database, service) = (home.ProcessOf(Piece.Database), home.ProcessOf(Piece.Service));
        var (databaseAddress, serviceAddress) = (home.AddressOf(Piece.Database), home.AddressOf(Piece.Service));

        Scratch.Kill(service);
        await home.WaitForSuccessorAsync(Piece.Service, service);
        service = home.ProcessOf(Piece.Service);
        Assert.Equal(database, home.ProcessOf(Piece.Database));

        Scratch.Kill(home.Postmaster);
        await home.WaitForSuccessorAsync(Piece.Database, database);
        database = home.ProcessOf(Piece.Database);

        Scratch.Kill(database);
        await home.WaitForSuccessorAsync(Piece.Database, database);

        Assert.Equal(service, home.ProcessOf(Piece.Service));
        Assert.Equal(serviceAddress, home.AddressOf(Piece.Service));
        Assert.Equal(databaseAddress, home.AddressOf(Piece.Database));
        await ConnectAsync(serviceAddress);
        await using (var connection = new NpgsqlConnection(databaseAddress + ";Pooling=false"))
        {
            await connection.OpenAsync();
        }

        Assert.Contains("The Temporal service ended; starting it again.", up.Said, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL ended; starting it again.", up.Said, StringComparison.Ordinal);
        var postmaster = home.Postmaster;
        Assert.Equal(0, await up.InterruptAsync());
        var left = Enum.GetValues<Piece>().Where(home.IsAlive).ToList();
        Assert.False(left.Count > 0 || Scratch.Runs(postmaster), $"Left are {string.Join(", ", left)}; server {postmaster} {(Scratch.Runs(postmaster) ? "runs" : "has ended")}. It said: {up.Said}");
    }

    [Fact]
    public async Task Two_users_share_a_stack_that_does_not_hear_their_terminal_and_does_not_outlive_the_last_one_even_when_it_is_killed()
    {
        await using var home = new StackHome();
        await using var first = home.Up();
        await using var second = home.Up();
        await first.SaysAsync("Ready.");
        await second.SaysAsync("Ready.");
        var before = Enum.GetValues<Piece>().Select(home.ProcessOf).ToArray();
        Assert.All(before, piece => Assert.Equal(piece, Scratch.SessionOf(piece)));

        Assert.Equal(0, await first.InterruptAsync());

        Assert.True(Enum.GetValues<Piece>().All(home.IsAlive));
        Assert.Equal(before, Enum.GetValues<Piece>().Select(home.ProcessOf));
        second.Kill();
        await home.WaitForStandstillAsync();
    }

    [Fact]
    public async Task A_piece_that_cannot_start_says_why_and_the_command_fails()
    {
        await using var home = new StackHome();
        await using var up = home.Up(("ORCHESTRATOR_POSTGRES_BIN", home.Folder));

        Assert.Equal(1, await up.ExitAsync());
        Assert.Equal($"PostgreSQL did not start: '{home.Folder}' is not the bin folder of a PostgreSQL server: it has no 'initdb'.", up.Said.Trim());
    }

    [Fact]
    public async Task Nothing_is_started_where_the_environment_names_everything()
    {
        await using var home = new StackHome();
        await using var up = home.Up(("TEMPORAL_ADDRESS", "elsewhere:7233"), ("ORCHESTRATOR_LEDGER", "Host=elsewhere"));

        Assert.Equal(2, await up.ExitAsync());
        Assert.Equal("TEMPORAL_ADDRESS and ORCHESTRATOR_LEDGER name everything already: there is nothing to start here.", up.Said.Trim());
    }

    private static async Task ConnectAsync(string address)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Split(':')[0], int.Parse(address.Split(':')[1]));
    }
}
