using Microsoft.Extensions.Logging;
using TemporalDev.Postgres;

namespace TemporalDev.Server.Host;

/// <summary>What the command line asks for, running: the service, and the database when it is ours.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const string DatabaseName = "temporal";
    private const string EnvironmentPrefix = "env:";

    private readonly EmbeddedPostgres? _database;

    private RunningServer(EmbeddedTemporal service, EmbeddedPostgres? database)
    {
        Service = service;
        _database = database;
    }

    public EmbeddedTemporal Service { get; }

    /// <summary>Completes when the database has ended by itself; without it the service is of no use.</summary>
    public Task DatabaseEnded => _database?.Exited ?? Task.Delay(Timeout.Infinite);

    public static async Task<RunningServer> StartAsync(CommandLine commandLine, ILoggerFactory log, CancellationToken cancel)
    {
        var options = commandLine.Options with
        {
            ApiKey = await ReadKeyAsync(commandLine.ApiKeySource, cancel),
            Tls = await commandLine.Tls.ReadAsync(cancel),
        };
        var database = commandLine.WantsEmbeddedDatabase
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = Path.Combine(StateFolder.Open(), "postgres") }, cancel)
            : null;
        try
        {
            if (database is not null)
            {
                await database.EnsureDatabaseAsync(DatabaseName, cancel);
                options = options with { Database = database.ConnectionString(DatabaseName) };
            }

            return new RunningServer(await EmbeddedTemporal.StartAsync(options, log, cancel), database);
        }
        catch
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private static async Task<string?> ReadKeyAsync(string? source, CancellationToken cancel)
    {
        if (source is null)
        {
            return null;
        }

        var isVariable = source.StartsWith(EnvironmentPrefix, StringComparison.Ordinal);
        var key = isVariable
            ? Environment.GetEnvironmentVariable(source[EnvironmentPrefix.Length..]) ?? ""
            : await File.ReadAllTextAsync(source, cancel);
        return key.Trim() is { Length: > 0 } found
            ? found
            : throw new FormatException(isVariable ? $"The variable of --api-key {source} is not set." : $"The file of --api-key, '{source}', is empty.");
    }
}
