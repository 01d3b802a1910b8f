using System.Runtime.Versioning;
using Npgsql;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

/// <summary>The life of a server. Each test starts one on the same cluster, which is made by the first of them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EmbeddedPostgresTests(Scratch scratch) : IClassFixture<Scratch>
{
    [Fact]
    public async Task It_comes_back_on_the_same_port_with_what_was_committed()
    {
        int port;
        await using (var server = await EmbeddedPostgres.StartAsync(scratch.Options))
        {
            port = server.Port;
            await server.EnsureDatabaseAsync("some \"odd\" name");
            await server.EnsureDatabaseAsync("some \"odd\" name");
            await ExecuteAsync(server, "create table kept as select 42 as answer");
        }

        await using var again = await EmbeddedPostgres.StartAsync(scratch.Options);

        Assert.Equal(port, again.Port);
        Assert.Equal(42, await ScalarAsync(again, "select answer from kept"));
        Assert.Equal("on", await ScalarAsync(again, "show fsync"));
        Assert.Equal(1L, await ScalarAsync(again, "select count(*) from pg_database where datname = 'some \"odd\" name'"));
    }

    [Fact]
    public async Task A_killed_server_is_noticed_and_recovers_every_commit()
    {
        await using (var server = await EmbeddedPostgres.StartAsync(scratch.Options))
        {
            await ExecuteAsync(server, "create table recovered as select 43 as answer");
            Scratch.Kill(scratch.ServerProcess);
            await server.Exited.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await using var again = await EmbeddedPostgres.StartAsync(scratch.Options);

        Assert.Equal(43, await ScalarAsync(again, "select answer from recovered"));
    }

    [Fact]
    public async Task A_server_left_alive_by_its_killed_guard_is_stopped_before_another_starts()
    {
        int orphan;
        await using (var server = await EmbeddedPostgres.StartAsync(scratch.Options))
        {
            orphan = scratch.ServerProcess;
            var guard = Scratch.ParentOf(orphan);
            var reader = Scratch.ChildrenOf(guard).Single(child => child != orphan);
            Scratch.Kill(reader);
            Scratch.Kill(guard);
            await Scratch.WaitAsync("the guard is gone", () => !Scratch.Runs(guard));
            Assert.True(Scratch.Runs(orphan));
        }

        await using var again = await EmbeddedPostgres.StartAsync(scratch.Options);

        Assert.False(Scratch.Runs(orphan));
        Assert.NotEqual(orphan, scratch.ServerProcess);
    }

    [Fact]
    public async Task A_killed_guard_still_stops_the_server_when_the_owner_goes()
    {
        var server = await EmbeddedPostgres.StartAsync(scratch.Options);
        var orphan = scratch.ServerProcess;
        Scratch.Kill(Scratch.ParentOf(orphan));

        await server.DisposeAsync();

        await Scratch.WaitAsync("the server has stopped", () => !Scratch.Runs(orphan));
    }

    [Fact]
    public async Task One_folder_has_one_owner()
    {
        await using var server = await EmbeddedPostgres.StartAsync(scratch.Options);

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(scratch.Options));

        Assert.Equal($"The cluster in '{scratch.Folder}' is in use by another process.", refusal.Message);
    }

    [Fact]
    public async Task A_stale_file_that_names_a_living_stranger_does_not_keep_it_from_starting()
    {
        string[] left;
        await using (var server = await EmbeddedPostgres.StartAsync(scratch.Options))
        {
            left = await File.ReadAllLinesAsync(PostmasterFile.PathIn(scratch.Cluster));
        }

        left[0] = Environment.ProcessId.ToString();
        await File.WriteAllLinesAsync(PostmasterFile.PathIn(scratch.Cluster), left);

        await using var again = await EmbeddedPostgres.StartAsync(scratch.Options);

        Assert.Equal(1, await ScalarAsync(again, "select 1"));
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_password_and_nobody_else_reads_it()
    {
        await using var server = await EmbeddedPostgres.StartAsync(scratch.Options);
        var guess = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Password = "guess", Pooling = false };

        await using var intruder = new NpgsqlConnection(guess.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => intruder.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal(0L, await ScalarAsync(server, "select count(*) from pg_hba_file_rules where auth_method not in ('scram-sha-256')"));
        Assert.Equal("", await ScalarAsync(server, "show unix_socket_directories"));
        foreach (var file in Directory.EnumerateFiles(scratch.Folder).Where(file => Path.GetFileName(file) is "password" or "server.log"))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql) => await ScalarAsync(server, sql);

    private static async Task<object?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Literals of the tests above.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
