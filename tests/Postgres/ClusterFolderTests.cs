using Npgsql;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

/// <summary>What may be found in the folder at a start.</summary>
public sealed class ClusterFolderTests
{
    [Fact]
    public async Task A_first_start_that_was_cut_off_is_begun_again()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(Path.Combine(scratch.Folder, "initialising", "cluster", "base"));
        await File.WriteAllTextAsync(Path.Combine(scratch.Folder, "password"), "of the start that was cut off");

        await using var server = await EmbeddedPostgres.StartAsync(scratch.Options);

        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_and_left_alone()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Cluster);
        await File.WriteAllTextAsync(Path.Combine(scratch.Cluster, "PG_VERSION"), "13\n");

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(scratch.Options));

        Assert.Contains("was made by PostgreSQL 13 and cannot be opened by PostgreSQL 18", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Cluster));
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_refused_and_left_alone()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Cluster);
        await File.WriteAllTextAsync(Path.Combine(scratch.Cluster, "thesis.txt"), "irreplaceable");

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(scratch.Options));

        Assert.Contains("is not a PostgreSQL data directory", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Cluster));
    }
}
