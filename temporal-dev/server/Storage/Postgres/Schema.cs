using System.Reflection;
using Npgsql;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>Brings the schema of a database up to this program's version, one numbered file after the other.</summary>
internal static class Schema
{
    private const string Prefix = "TemporalDev.Server.Storage.Postgres.";

    public static async Task UpgradeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var begin = new NpgsqlCommand(
            """
            create schema if not exists temporal;
            create table if not exists temporal.schema_version (version int primary key, applied_at timestamptz not null default now());
            """,
            connection);
        await begin.ExecuteNonQueryAsync(cancellation);

        var applied = await VersionAsync(connection, cancellation);
        foreach (var (version, resource) in Files().Where(file => file.Version > applied))
        {
            await ApplyAsync(connection, version, resource, cancellation);
        }
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(version), 0) from temporal.schema_version", connection);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, int version, string resource, CancellationToken cancellation)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        var sql = await reader.ReadToEndAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
#pragma warning disable CA2100 // The text is a file of this assembly.
        await using (var command = new NpgsqlCommand(sql, connection, transaction))
#pragma warning restore CA2100
        {
            await command.ExecuteNonQueryAsync(cancellation);
        }

        await using (var note = new NpgsqlCommand("insert into temporal.schema_version (version) values ($1)", connection, transaction))
        {
            note.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
            await note.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    private static IEnumerable<(int Version, string Resource)> Files() => Assembly.GetExecutingAssembly()
        .GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
        .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 3)), name))
        .Order();
}
