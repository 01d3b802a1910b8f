using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>How fast a step was when it ran before, and where that was.</summary>
internal sealed record EarlierPace(long Rows, double Seconds, string Environment, DateTime At);

/// <param name="State">As the step's row has it.</param>
/// <param name="Waiting">Rows that were set aside, and answers that a rerun would take in.</param>
internal sealed record StepStanding(string State, long Waiting);

/// <summary>What is known of a step from before, for whoever estimates: read only, and also where there is no ledger yet.</summary>
internal static class EarlierPaces
{
    public static async Task<StepStanding?> FindStandingAsync(NpgsqlConnection connection, StepKey step, CancellationToken cancel)
    {
        if (!await HasTableAsync(connection, "unmapped", cancel))
        {
            return null;
        }

        return await connection.QuerySingleOrDefaultAsync<StepStanding>(new CommandDefinition(
            """
            select s.state,
              (select count(*) from orchestrator.quarantine q
               where q.plan = s.plan and q.batch = s.batch and q.step = s.step and q.round = s.round and q.state = 'held')
              + (select coalesce(sum(u.rows), 0) from orchestrator.unmapped u
                 where u.plan = s.plan and u.batch = s.batch and u.step = s.step and u.state = 'resolved')::bigint as waiting
            from orchestrator.steps s
            where s.plan = @Plan and s.batch = @Batch and s.step = @Step
            """,
            step,
            cancellationToken: cancel));
    }

    /// <summary>The newest report of any run, a rehearsal's too, in which the step moved rows.</summary>
    public static async Task<EarlierPace?> FindAsync(NpgsqlConnection ledger, StepKey step, CancellationToken cancel)
    {
        if (!await HasTableAsync(ledger, "artifacts", cancel))
        {
            return null;
        }

        return await ledger.QueryFirstOrDefaultAsync<EarlierPace>(new CommandDefinition(
            """
            select (line.value ->> 'rows')::bigint as rows, (line.value ->> 'seconds')::float8 as seconds, r.environment, a.written_at as at
            from orchestrator.artifacts a
            join orchestrator.runs r on r.id = a.run_id
            join orchestrator.plans p on p.digest = r.plan_digest
            cross join lateral jsonb_array_elements(a.content::jsonb -> 'batches') as section
            cross join lateral jsonb_array_elements(section.value -> 'steps') as line
            where p.name = @Plan and a.batch = @Batch and a.path like 'recon/%.json'
              and section.value ->> 'id' = @Batch and line.value ->> 'id' = @Step
              and (line.value ->> 'rows')::bigint > 0 and (line.value ->> 'seconds')::float8 > 0
            order by a.written_at desc
            limit 1
            """,
            step,
            cancellationToken: cancel));
    }

    // Asked of the catalog, which everybody may read, also where the schema is closed to them.
    private static Task<bool> HasTableAsync(NpgsqlConnection connection, string table, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select exists (
              select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = 'orchestrator' and c.relname = @Table
                and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))
            """,
            new { Table = table },
            cancellationToken: cancel));
}
