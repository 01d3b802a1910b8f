using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Postgres;

/// <summary>
/// A database that is thrown away. Its name is made from what it is for, so that a second attempt clears away what a killed
/// first one has left.
/// </summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private const string Prefix = "orchestrator_scratch_";

    private readonly string _server;
    private readonly string _name;

    private ScratchDatabase(string server, string name)
    {
        _server = server;
        _name = name;
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name, Pooling = false }.ConnectionString;

    /// <param name="server">Connection string of any database of the server.</param>
    /// <param name="purpose">A digest of what it is for.</param>
    public static async Task<ScratchDatabase> CreateAsync(string server, string purpose, CancellationToken cancel)
    {
        var scratch = new ScratchDatabase(server, Prefix + purpose[..16]);
        await scratch.DropAsync(cancel);
        var database = SqlIdentifier.Of(scratch._name);
        await using var connection = await scratch.OpenServerAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition($"create database {database} template template0", commandTimeout: 0, cancellationToken: cancel));
        return scratch;
    }

    // Also when the work was cancelled: what is left over fills the disk.
    public async ValueTask DisposeAsync() => await DropAsync(CancellationToken.None);

    private async Task DropAsync(CancellationToken cancel)
    {
        var database = SqlIdentifier.Of(_name);
        await using var connection = await OpenServerAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition($"drop database if exists {database} with (force)", commandTimeout: 0, cancellationToken: cancel));
    }

    private async Task<NpgsqlConnection> OpenServerAsync(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }
}
