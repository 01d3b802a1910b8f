using TemporalDev.Postgres;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A server of the PostgreSQL that is installed on this machine, for what needs its programs: <c>pg_dump</c> refuses a server
/// that is newer than itself, and the embedded one comes without it.
/// </summary>
public sealed class InstalledPostgres : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("installed-postgres-").FullName;
    private EmbeddedPostgres _server = null!;

    internal static string? BinFolder { get; } = ServerBinaries.Installed().FirstOrDefault(bin => File.Exists(Path.Combine(bin, "pg_dump")));

    /// <summary>As a worker's environment that names the programs.</summary>
    internal static string? ReadVariable(string name) => name == "ORCHESTRATOR_POSTGRES_BIN" ? BinFolder : null;

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"d{Guid.NewGuid():N}";
        await _server.EnsureDatabaseAsync(name);
        return _server.ConnectionString(name);
    }

    public async Task InitializeAsync()
    {
        if (BinFolder is not null)
        {
            _server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = _folder, BinFolder = BinFolder, Durability = Durability.Scratch });
        }
    }

    public async Task DisposeAsync()
    {
        if (BinFolder is not null)
        {
            await _server.DisposeAsync();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

[CollectionDefinition(Name)]
public sealed class InstalledPostgresCollection : ICollectionFixture<InstalledPostgres>
{
    public const string Name = "installed PostgreSQL";
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstalledPostgresTheoryAttribute : TheoryAttribute
{
    public InstalledPostgresTheoryAttribute() => Skip = InstalledPostgres.BinFolder is null ? "PostgreSQL's own programs are not at hand." : null;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstalledPostgresFactAttribute : FactAttribute
{
    public InstalledPostgresFactAttribute() => Skip = InstalledPostgres.BinFolder is null ? "PostgreSQL's own programs are not at hand." : null;
}
