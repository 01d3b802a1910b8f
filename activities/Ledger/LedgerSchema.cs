using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

/// <summary>Brings the schema <c>orchestrator</c> of a database up to this build: numbered files, each once, in order.</summary>
public static partial class LedgerSchema
{
    // Any fixed number will do, as long as every build uses the same one: workers that start together take turns.
    private const long MigrationLock = 0x6F72636865737472;

    private static readonly IReadOnlyList<SchemaFile> Files = ReadFiles();

    public static async Task EnsureAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock }, transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            create schema if not exists orchestrator;
            create table if not exists orchestrator.schema_files (
              number integer primary key,
              name text not null,
              digest text not null,
              applied_at timestamptz not null default clock_timestamp()
            );
            """,
            transaction: transaction,
            cancellationToken: cancel));
        var applied = (await connection.QueryAsync<AppliedFile>(new CommandDefinition(
            "select number, name, digest from orchestrator.schema_files order by number",
            transaction: transaction,
            cancellationToken: cancel))).ToDictionary(f => f.Number);
        RefuseStrangers(applied);
        foreach (var file in Files.Where(f => !applied.ContainsKey(f.Number)))
        {
            await ApplyAsync(connection, transaction, file, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private static void RefuseStrangers(Dictionary<int, AppliedFile> applied)
    {
        foreach (var old in applied.Values)
        {
            var file = Files.FirstOrDefault(f => f.Number == old.Number)
                ?? throw new RefusalException($"The ledger was made by a newer build: this one does not know its schema file {old.Name}.");
            if (file.Digest != old.Digest)
            {
                throw new RefusalException($"The ledger's schema file {old.Name} is not the one that was applied: it was edited since.");
            }
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, SchemaFile file, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var statement in Orchestrator.Workflows.Sql.SqlStatements.Split(file.Text))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement.Text));
        }

        await batch.ExecuteNonQueryAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into orchestrator.schema_files (number, name, digest) values (@Number, @Name, @Digest)",
            file,
            transaction,
            cancellationToken: cancel));
    }

    private static List<SchemaFile> ReadFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Select(resource => (Resource: resource, Match: FileName().Match(resource)))
            .Where(file => file.Match.Success)
            .Select(file => new SchemaFile(
                int.Parse(file.Match.Groups["number"].Value),
                file.Match.Groups["name"].Value,
                ReadText(assembly, file.Resource)))
            .OrderBy(file => file.Number)];
    }

    private static string ReadText(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\.Ledger\.(?<name>(?<number>\d{3})_\w+\.sql)$")]
    private static partial Regex FileName();

    private sealed record SchemaFile(int Number, string Name, string Text)
    {
        public string Digest { get; } = PlanCanon.DigestOf(Text);
    }

    private sealed record AppliedFile(int Number, string Name, string Digest);
}
