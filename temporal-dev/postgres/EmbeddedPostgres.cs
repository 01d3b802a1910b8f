using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Npgsql;

namespace TemporalDev.Postgres;

/// <summary>A PostgreSQL server that this process owns: made in a folder, started on a free loopback port, stopped with its owner.</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    public const string SuperUser = "postgres";

    private const int StartAttempts = 5;
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(20);

    private readonly EmbeddedPostgresOptions _options;
    private readonly FileStream _folderLock;
    private readonly Postmaster _server;
    private readonly string _password;
    private bool _isDisposed;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, FileStream folderLock, Postmaster server, int port, string password)
    {
        _options = options;
        _folderLock = folderLock;
        _server = server;
        _password = password;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Completes when the server process has ended, whoever ended it.</summary>
    public Task Exited => _server.Exited;

    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancel = default)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new EmbeddedPostgresException("The embedded PostgreSQL runs on Linux and macOS; on Windows, use WSL or name a PostgreSQL server by its connection string.");
        }

        options = options with { Folder = Path.GetFullPath(options.Folder) };
        var account = ServerAccount.ForCaller();
        var binaries = options.BinFolder is { } bin
            ? await ServerBinaries.ReadAsync(bin, cancel)
            : await PinnedBinaries.EnsureAsync(account, cancel);
        var folder = new ClusterFolder(options.Folder, account);
        await folder.PrepareAsync(cancel);
        var folderLock = await FolderLock.TryTakeAsync(folder.LockPath, options.FolderWait, cancel)
            ?? throw new EmbeddedPostgresException($"The cluster in '{options.Folder}' is in use by another process.");
        try
        {
            return await StartLockedAsync(options, account, binaries, folder, folderLock, cancel);
        }
        catch
        {
            await folderLock.DisposeAsync();
            throw;
        }
    }

    public string ConnectionString(string database = "postgres") => ConnectionString(Port, _password, database);

    public async Task EnsureDatabaseAsync(string database, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync(cancel);
        await using var create = connection.CreateCommand();
        create.CommandText = "select format('create database %I', $1) where not exists (select from pg_database where datname = $1)";
        create.Parameters.Add(new NpgsqlParameter<string> { TypedValue = database });
        if (await create.ExecuteScalarAsync(cancel) is string statement)
        {
            create.Parameters.Clear();
#pragma warning disable CA2100 // PostgreSQL itself quoted the name.
            create.CommandText = statement;
#pragma warning restore CA2100
            await create.ExecuteNonQueryAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _server.StopAsync(_options.StopTimeout);
        await _server.DisposeAsync();
        await _folderLock.DisposeAsync();
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<EmbeddedPostgres> StartLockedAsync(
        EmbeddedPostgresOptions options, ServerAccount account, ServerBinaries binaries, ClusterFolder folder, FileStream folderLock, CancellationToken cancel)
    {
        await folder.InitialiseAsync(binaries, options.Durability, cancel);
        await Leftovers.StopAsync(account, binaries, folder.Cluster, options.StopTimeout, cancel);
        var password = await folder.PasswordAsync(cancel);
        var preferred = folder.LastPort;
        var scratch = options.Durability == Durability.Scratch ? folder.Cluster : null;
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Choose(preferred);
            var server = Postmaster.Start(account, binaries, ServerSettings.Arguments(folder.Cluster, port, options), folder.LogPath, scratch);
            try
            {
                await WaitUntilReadyAsync(server, port, password, options, cancel);
                folder.RememberPort(port);
                return new EmbeddedPostgres(options, folderLock, server, port, password);
            }
            // Somebody took the port between the look and the start, or shared memory of a killed server lingers.
            catch (EmbeddedPostgresException) when (attempt < StartAttempts && server.Exited.IsCompleted)
            {
                await server.DisposeAsync();
                preferred = null;
            }
            catch
            {
                await server.StopAsync(options.StopTimeout);
                await server.DisposeAsync();
                throw;
            }
        }
    }

    private static async Task WaitUntilReadyAsync(Postmaster server, int port, string password, EmbeddedPostgresOptions options, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString(port, password, "postgres") + ";Pooling=false;Timeout=5");
                await connection.OpenAsync(cancel);
                return;
            }
            // Refused while it is not listening yet, 57P03 while it recovers.
            catch (NpgsqlException notYet) when (notYet is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow })
            {
                if (server.Exited.IsCompleted)
                {
                    throw new EmbeddedPostgresException($"PostgreSQL did not start in '{options.Folder}'. Its log ends: {server.RecentLog}");
                }

                if (waited.Elapsed > options.StartTimeout)
                {
                    throw new EmbeddedPostgresException(
                        string.Create(CultureInfo.InvariantCulture, $"PostgreSQL in '{options.Folder}' was not ready after {options.StartTimeout.TotalSeconds} s. Its log ends: {server.RecentLog}"), notYet);
                }

                await Task.WhenAny(server.Exited, Task.Delay(ReadyPoll, cancel));
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    private static string ConnectionString(int port, string password, string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={SuperUser};Password={password};Database={database}");
}
