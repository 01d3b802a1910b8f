using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Rehearsals;

/// <summary>
/// A copy of a database beside it on the same server. As a template where nobody is connected, which copies files; else by
/// dump and restore, which anyone may go on working through.
/// </summary>
internal sealed class Clone(string source, string name, Func<string, string?> readVariable)
{
    public async Task MakeAsync(CancellationToken cancel)
    {
        await DropAsync(cancel);
        if (!await TryAsTemplateAsync(cancel))
        {
            await CopyAsync(cancel);
        }
    }

    public async Task DropAsync(CancellationToken cancel)
    {
        var cloneName = SqlIdentifier.Of(name);
        await using var connection = await OpenServerAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition($"drop database if exists {cloneName} with (force)", commandTimeout: 0, cancellationToken: cancel));
    }

    private async Task<bool> TryAsTemplateAsync(CancellationToken cancel)
    {
        var (cloneName, sourceName) = (SqlIdentifier.Of(name), SqlIdentifier.Of(new NpgsqlConnectionStringBuilder(source).Database!));
        await using var connection = await OpenServerAsync(cancel);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"create database {cloneName} template {sourceName}", commandTimeout: 0, cancellationToken: cancel));
            return true;
        }
        catch (PostgresException e) when (PostgresFailures.IsObjectInUse(e))
        {
            return false;
        }
    }

    private async Task CopyAsync(CancellationToken cancel)
    {
        if (PostgresPrograms.Find("pg_dump", readVariable) is not { } dump || PostgresPrograms.Find("pg_restore", readVariable) is not { } restore)
        {
            throw new RefusalException(
                "Somebody is connected to the database, so it cannot be copied as a template, and the worker has no pg_dump and pg_restore: end the other sessions, or set ORCHESTRATOR_POSTGRES_BIN.");
        }

        var cloneName = SqlIdentifier.Of(name);
        await using (var connection = await OpenServerAsync(cancel))
        {
            await connection.ExecuteAsync(new CommandDefinition($"create database {cloneName} template template0", commandTimeout: 0, cancellationToken: cancel));
        }

        var file = Path.Combine(Path.GetTempPath(), $"{name}.dump");
        try
        {
            await PostgresPrograms.RunAsync(dump, source, ["--format=custom", "--compress=1", "--file", file], cancel);
            var target = new NpgsqlConnectionStringBuilder(source) { Database = name }.ConnectionString;
            await PostgresPrograms.RunAsync(restore, target, ["--no-owner", "--exit-on-error", "--dbname", name, file], cancel);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Neither of the two: a session in either is in the way.
    private async Task<NpgsqlConnection> OpenServerAsync(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(source) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }
}
