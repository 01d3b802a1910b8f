using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Postgres;

/// <summary>Finds the database that a plan means in an environment, and makes sure that it can keep its part of the ledger.</summary>
public sealed class Databases(ActivitySettings settings) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _open = new();
    private readonly ConcurrentDictionary<string, bool> _prepared = new();

    public Task<NpgsqlDataSource> LedgerAsync(CancellationToken cancel) => OpenAsync(settings.Ledger, cancel);

    public ActivitySettings Settings => settings;

    public async Task<NpgsqlDataSource> TargetAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel) =>
        await OpenAsync(await TargetConnectionAsync(plan, environment, database, cancel), cancel);

    /// <summary>
    /// Refuses before anything is done where a database cannot be worked on: once a step has begun, its undo needs the same
    /// database, and a person would have to sort it out.
    /// </summary>
    internal async Task ReachAsync(MigrationPlan plan, string environment, IReadOnlyList<string> names, CancellationToken cancel)
    {
        foreach (var name in names)
        {
            try
            {
                var database = await TargetAsync(plan, environment, name, cancel);
                await using var connection = await database.OpenConnectionAsync(cancel);
                if (await connection.ExecuteScalarAsync<string>(new CommandDefinition("show transaction_read_only", cancellationToken: cancel)) == "on")
                {
                    throw new RefusalException($"The database '{name}' of '{environment}' is read-only: a standby, or one that was told to be.");
                }
            }
            catch (PostgresException e) when (PostgresFailures.Classify(e.SqlState) == FailureKind.Refusal)
            {
                throw new RefusalException($"The database '{name}' of '{environment}' cannot be worked on: {PostgresFailures.Describe(e)}.", e);
            }
        }
    }

    /// <summary>A database that is only read: it may be a replica, and it is left without a ledger.</summary>
    internal async Task<NpgsqlDataSource> SourceAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel) =>
        Source(await TargetConnectionAsync(plan, environment, database, cancel));

    /// <summary>For estimates, which make nothing: null where an embedded database has not been made yet.</summary>
    internal async Task<NpgsqlDataSource?> FindReadOnlyAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel)
    {
        if (plan.FindEnvironment(EnvironmentName.Parse(environment).Name) is not { Bindings: null })
        {
            return await SourceAsync(plan, environment, database, cancel);
        }

        var name = EmbeddedName(plan.Name, database);
        return settings.LocalServer is { } server && await ExistsAsync(server, name, cancel) ? Source(InDatabase(server, name)) : null;
    }

    /// <summary>The database that a rehearsal works on instead of the one that its environment means.</summary>
    internal static string CloneName(MigrationPlan plan, string environment, string database) =>
        $"orchestrator_rehearsal_{PlanCanon.DigestOf($"{plan.Name}\n{environment}\n{database}")[..16]}";

    /// <summary>Ends our own sessions there: they would be in the way of copying or dropping it.</summary>
    internal async Task ForgetAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel)
    {
        var connection = await TargetConnectionAsync(plan, environment, database, cancel);
        if (EnvironmentName.Parse(environment).IsRehearsal && _open.TryRemove(connection, out var clone))
        {
            await clone.DisposeAsync();
        }
        else if (_open.TryGetValue(connection, out var source))
        {
            source.Clear();
        }
    }

    internal async Task<string> TargetConnectionAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel)
    {
        var name = EnvironmentName.Parse(environment);
        if (!name.IsRehearsal)
        {
            return await OriginalConnectionAsync(plan, environment, database, cancel);
        }

        var original = await OriginalConnectionAsync(plan, name.Name, database, cancel);
        return new NpgsqlConnectionStringBuilder(original) { Database = CloneName(plan, environment, database) }.ConnectionString;
    }

    private async Task<string> OriginalConnectionAsync(MigrationPlan plan, string environment, string database, CancellationToken cancel)
    {
        var found = plan.FindEnvironment(environment)
            ?? throw new RefusalException($"The plan '{plan.Name}' has no environment '{environment}'; it has {string.Join(", ", plan.Environments.Select(e => e.Name))}.");
        if (found.Bindings is null)
        {
            return await EmbeddedAsync(plan.Name, database, cancel);
        }

        var binding = found.Bindings.FirstOrDefault(b => b.Database == database)
            ?? throw new RefusalException($"The environment '{environment}' binds no database '{database}'.");
        return settings.ReadVariable(binding.Variable)
            ?? throw new RefusalException($"The environment variable {binding.Variable} is not set in the worker: it must hold the connection string of '{database}' in '{environment}'. A worker sees what was set when it started.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open.Values)
        {
            await open.DisposeAsync();
        }
    }

    private async Task<NpgsqlDataSource> OpenAsync(string connection, CancellationToken cancel)
    {
        var source = Source(connection);
        if (!_prepared.ContainsKey(connection))
        {
            // Two that come at once both do it: the schema's own lock lets them take turns, and the second finds it done.
            await LedgerSchema.EnsureAsync(source, cancel);
            _prepared[connection] = true;
        }

        return source;
    }

    private NpgsqlDataSource Source(string connection) => _open.GetOrAdd(connection, c => NpgsqlDataSource.Create(Complete(c)));

    private string Complete(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection)
            {
                ApplicationName = "orchestrator",
                MaxPoolSize = settings.ConnectionsPerDatabase,
                // A dead peer must not hold an activity longer than its heartbeat allows.
                TcpKeepAlive = true,
            }.ConnectionString;
        }
        catch (ArgumentException e)
        {
            // The message of the parser may repeat what it read, a password for one.
            throw new RefusalException($"A connection string cannot be read ({e.GetType().Name}); write it as 'Host=...;Port=...;Database=...;Username=...;Password=...'.");
        }
    }

    private async Task<string> EmbeddedAsync(string plan, string database, CancellationToken cancel)
    {
        if (settings.LocalServer is not { } server)
        {
            throw new RefusalException("This environment is 'embedded', and the worker has no local server: set ORCHESTRATOR_LOCAL to the connection string of one.");
        }

        var name = EmbeddedName(plan, database);
        if (!await ExistsAsync(server, name, cancel))
        {
            await using var connection = await OpenServerAsync(server, cancel);
            await CreateAsync(connection, SqlIdentifier.Of(name), cancel);
        }

        return InDatabase(server, name);
    }

    private static string EmbeddedName(string plan, string database) => $"{plan}_{database}".Replace('-', '_');

    private static string InDatabase(string server, string name) => new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;

    private static async Task<NpgsqlConnection> OpenServerAsync(string server, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static async Task<bool> ExistsAsync(string server, string name, CancellationToken cancel)
    {
        await using var connection = await OpenServerAsync(server, cancel);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from pg_database where datname = @Name)", new { Name = name }, cancellationToken: cancel));
    }

    private static async Task CreateAsync(NpgsqlConnection connection, SqlIdentifier name, CancellationToken cancel)
    {
        try
        {
            await connection.ExecuteAsync(new CommandDefinition($"create database {name}", cancellationToken: cancel));
        }
        catch (PostgresException e) when (PostgresFailures.IsDuplicateDatabase(e))
        {
            // Another worker was a moment faster; the database is there.
        }
    }
}
