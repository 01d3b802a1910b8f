using Npgsql;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Support;

/// <summary>One PostgreSQL for the whole test run, started by the first test that needs it and thrown away with the process.</summary>
internal static class TestCluster
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(30);
    // A folder for each user: one may not write into what another made.
    private static readonly string Parent = Path.Combine(Path.GetTempPath(), $"orchestrator-tests-{Environment.UserName}");
    private static readonly string Folder = Path.Combine(Parent, Guid.NewGuid().ToString("N"));
    private static readonly Lock Gate = new();
    private static Task<EmbeddedPostgres>? _server;

    // Copying a template while somebody else copies it too is refused now and then; one at a time is as fast.
    private static readonly SemaphoreSlim OneCopy = new(1);

    private static Task<EmbeddedPostgres> Server
    {
        get
        {
            lock (Gate)
            {
                return _server ??= StartAsync();
            }
        }
    }

    public static async Task<string> ConnectionStringAsync(string database = "postgres") => (await Server).ConnectionString(database);

    /// <summary>A database that is prepared once, for <see cref="CreateDatabaseAsync"/> to copy from.</summary>
    public static async Task<string> TemplateAsync(string name, Func<string, Task> prepare)
    {
        var server = await Server;
        await server.EnsureDatabaseAsync(name);
        await prepare(server.ConnectionString(name));
        // A template with a session in it cannot be copied.
        await using var pool = new NpgsqlConnection(server.ConnectionString(name));
        NpgsqlConnection.ClearPool(pool);
        return name;
    }

    public static async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var server = await Server;
        var name = "test_" + Guid.NewGuid().ToString("N");
        await OneCopy.WaitAsync();
        try
        {
            await ExecuteAsync(server, $"create database {name} template {template}");
        }
        finally
        {
            OneCopy.Release();
        }

        return server.ConnectionString(name);
    }

    public static async Task DropDatabaseAsync(string connectionString)
    {
        await using (var pool = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(pool);
        }

        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync(await Server, $"drop database if exists {name} with (force)");
    }

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        Sweep();
        return await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions
        {
            Folder = Folder,
            Durability = Durability.Scratch,
            MaxConnections = 300,
        });
    }

    /// <summary>What earlier test runs have left; their servers stopped with them.</summary>
    private static void Sweep()
    {
        Directory.CreateDirectory(Parent);
        foreach (var abandoned in new DirectoryInfo(Parent).EnumerateDirectories().Where(folder => DateTime.UtcNow - folder.LastWriteTimeUtc > AbandonedAfter))
        {
            try
            {
                // Taken only from the dead: a live run holds its lock.
                using (new FileStream(Path.Combine(abandoned.FullName, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    abandoned.Delete(recursive: true);
                }
            }
            catch (IOException)
            {
                // Still in use, or another run sweeps it.
            }
        }
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString());
        await connection.OpenAsync();
#pragma warning disable CA2100 // Names made here, of letters and digits.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
