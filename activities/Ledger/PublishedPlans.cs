using Dapper;
using Npgsql;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.plans</c>: what was meant to run, by digest.</summary>
public static class PublishedPlans
{
    public static async Task<string> PublishAsync(NpgsqlDataSource ledger, MigrationPlan plan, CancellationToken cancel)
    {
        var canonical = PlanCanon.Write(plan);
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await InsertAsync(connection, null, new PublishedPlan(PlanCanon.DigestOf(canonical), plan.Name, canonical), cancel);
        return PlanCanon.DigestOf(canonical);
    }

    public static async Task<MigrationPlan> ReadPlanAsync(NpgsqlDataSource ledger, string digest, CancellationToken cancel) =>
        PlanCanon.Read((await ReadAsync(ledger, digest, cancel)).Canonical);

    /// <summary>The variables by which any published plan binds a database, wherever that is.</summary>
    internal static async Task<IReadOnlyList<string>> ListVariablesAsync(NpgsqlDataSource ledger, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return
        [
            .. await connection.QueryAsync<string>(new CommandDefinition(
                """
                select distinct binding ->> 'variable'
                from orchestrator.plans p,
                  jsonb_array_elements(p.canonical::jsonb -> 'environments') as environment,
                  jsonb_array_elements(coalesce(environment -> 'bindings', '[]')) as binding
                order by 1
                """,
                cancellationToken: cancel)),
        ];
    }

    internal static Task InsertAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, PublishedPlan plan, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.plans (digest, name, canonical)
            values (@Digest, @Name, @Canonical)
            on conflict (digest) do nothing
            """,
            plan,
            transaction,
            cancellationToken: cancel));

    internal static async Task<PublishedPlan> ReadAsync(NpgsqlDataSource ledger, string digest, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        var plan = await connection.QuerySingleOrDefaultAsync<PublishedPlan>(new CommandDefinition(
            "select digest, name, canonical from orchestrator.plans where digest = @Digest",
            new { Digest = digest },
            cancellationToken: cancel));
        return plan ?? throw new RefusalException($"The ledger has no plan with the digest '{digest}'; 'orchestrator plan publish FOLDER' puts it there.");
    }
}

internal sealed record PublishedPlan(string Digest, string Name, string Canonical);
