using Npgsql;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Postgres;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.DryRuns;

/// <summary>
/// The command against a server on which nobody else is: whatever is written to a database takes a transaction's number, and none is
/// taken. Where variables bind the databases nothing is started either.
/// </summary>
public sealed class QuietDryRunTests : IDisposable
{
    private const string Variable = "DRY_RUN_TARGET";
    private const string NextTransaction = "select pg_snapshot_xmax(pg_current_snapshot())::text";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_kind_is_estimated_without_a_stack_and_without_a_single_write()
    {
        await using var server = await EmbeddedPostgres.StartAsync(_scratch.Options);
        await PrepareAsync(server.ConnectionString());
        var home = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "home")).FullName;
        var before = await ReadAsync(server.ConnectionString(), NextTransaction);

        await using var command = OrchestratorProcess.Start(
            home, ["plan", "dry-run", await WritePlanAsync(), "--environment", "far"], (Variable, server.ConnectionString()), ("ORCHESTRATOR_LEDGER", server.ConnectionString()));

        Assert.True(await command.ExitAsync() == 0, command.Said);
        Assert.Equal(before, await ReadAsync(server.ConnectionString(), NextTransaction));
        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
        Assert.Contains("one.copy (copy): would change about 0 rows", command.Said);
        foreach (var kind in new[] { "backfill", "idmap", "relink", "match" })
        {
            Assert.Matches($@"one\.{kind} \({kind}\): would change .* 3,000 rows", command.Said);
        }
    }

    private static async Task<string?> ReadAsync(string connection, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync();
    }

    private static async Task PrepareAsync(string connection)
    {
        // The server's own cleaning up would take numbers as well.
        await ReadAsync(connection, "alter system set autovacuum = off");
        await ReadAsync(connection, "select pg_reload_conf()::text");
        await ReadAsync(
            connection,
            """
            create table source as select n as id, 'name ' || n as name, n as customer, null::uuid as customer_id from generate_series(1, 3000) as n;
            alter table source add primary key (id);
            create table target (like source including all);
            create table people (like source including all);
            create table source_id_map (old_key int primary key, new_id uuid not null unique);
            """);
    }

    private async Task<string> WritePlanAsync()
    {
        var plan = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "plan")).FullName;
        await File.WriteAllTextAsync(Path.Combine(plan, "undo.sql"), "select 1;");
        await File.WriteAllTextAsync(
            Path.Combine(plan, "plan.yaml"),
            $$"""
            plan: quiet
            databases: [db, old]
            environments: { far: { db: {{Variable}}, old: {{Variable}} } }
            batches:
              - id: one
                owner: ada
                steps:
                  - { id: backfill, kind: backfill, database: db, table: source, key: id, into: { table: target, mode: upsert, key: id, columns: { id: id, name: name } }, undo: undo.sql }
                  - { id: idmap, kind: idmap, database: db, table: source, key: id, name: source, namespace: 7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b }
                  - { id: relink, kind: relink, database: db, table: source, key: id, links: [{ from: customer, into: customer_id, map: source }], undo: undo.sql }
                  - { id: match, kind: match, database: db, table: source, key: id, target: { table: people, key: id }, bridge: bridge, by: [{ name: name, source: name, target: name, normalise: [lower] }] }
                  - { id: copy, kind: copy, database: db, from: old, tables: public.people, undo: undo.sql }
            """);
        return plan;
    }
}
