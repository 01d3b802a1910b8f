using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record PrintDifference(string Kind, string Name, string? Before, string? After);

/// <summary>The table <c>orchestrator.fingerprints</c>: what a database looked like, line by line, so that a difference has a name.</summary>
internal static class Fingerprints
{
    private const int DifferencesShown = 50;

    public static async Task TakeAsync(NpgsqlDataSource database, string label, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from orchestrator.fingerprints where label = @Label", new { Label = label }, transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(SchemaSql, new { Label = label }, transaction, commandTimeout: 0, cancellationToken: cancel));
        var tables = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select c.oid::regclass::text
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname not in ('orchestrator', 'information_schema') and n.nspname not like 'pg\_%'
            """,
            transaction: transaction,
            cancellationToken: cancel));
        foreach (var table in tables)
        {
            // The sum does not depend on the order of the rows, and unlike an exclusive or it sees a pair that is there twice.
            await connection.ExecuteAsync(new CommandDefinition(
                $"insert into orchestrator.fingerprints (label, kind, name, value) select @Label, 'data', @Name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {table} t",
                new { Label = label, Name = table },
                transaction,
                commandTimeout: 0,
                cancellationToken: cancel));
        }

        await transaction.CommitAsync(cancel);
    }

    public static async Task<IReadOnlyList<PrintDifference>> CompareAsync(NpgsqlDataSource database, string before, string after, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return
        [
            .. await connection.QueryAsync<PrintDifference>(new CommandDefinition(
                """
                select coalesce(b.kind, a.kind) as kind, coalesce(b.name, a.name) as name, b.value as before, a.value as after
                from (select * from orchestrator.fingerprints where label = @Before) b
                full join (select * from orchestrator.fingerprints where label = @After) a using (kind, name)
                where b.value is distinct from a.value
                order by 1 desc, 2
                limit @Limit
                """,
                new { Before = before, After = after, Limit = DifferencesShown },
                cancellationToken: cancel)),
        ];
    }

    // Nothing in it depends on oids, on the order in which things were made, or on columns that were dropped.
    private const string SchemaSql =
        """
        insert into orchestrator.fingerprints (label, kind, name, value)
        with ours as (
          select oid, nspname from pg_namespace
          where nspname not in ('orchestrator', 'information_schema') and nspname not like 'pg\_%')
        select @Label, 'schema', name, value
        from (
          select format('schema %s', nspname), '' from ours
          union all
          select format('%s %s.%s', case c.relkind when 'r' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'relation' end, o.nspname, c.relname),
            concat_ws(' ', c.relpersistence, c.relrowsecurity, c.reloptions::text, c.relacl::text, case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end)
          from pg_class c join ours o on o.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
          union all
          select format('column %s.%s.%s', o.nspname, c.relname, a.attname),
            concat_ws(' ', row_number() over (partition by c.oid order by a.attnum), format_type(a.atttypid, a.atttypmod),
              case when a.attnotnull then 'not null' end, nullif(a.attidentity, ''), nullif(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid))
          from pg_class c join ours o on o.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
          where c.relkind in ('r', 'p', 'f')
          union all
          select format('constraint %s.%s.%s', o.nspname, c.relname, k.conname), concat_ws(' ', pg_get_constraintdef(k.oid), case when not k.convalidated then 'not validated' end)
          from pg_constraint k join pg_class c on c.oid = k.conrelid join ours o on o.oid = c.relnamespace
          union all
          select format('index %s.%s', o.nspname, c.relname), concat_ws(' ', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'invalid' end)
          from pg_index i join pg_class c on c.oid = i.indexrelid join ours o on o.oid = c.relnamespace
          union all
          select format('enum %s.%s', o.nspname, t.typname), string_agg(e.enumlabel, ',' order by e.enumsortorder)
          from pg_type t join ours o on o.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
          group by 1
          union all
          select format('function %s.%s(%s)', o.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), pg_get_functiondef(p.oid)
          from pg_proc p join ours o on o.oid = p.pronamespace where p.prokind in ('f', 'p')
          union all
          select format('trigger %s.%s.%s', o.nspname, c.relname, g.tgname), concat_ws(' ', pg_get_triggerdef(g.oid), g.tgenabled)
          from pg_trigger g join pg_class c on c.oid = g.tgrelid join ours o on o.oid = c.relnamespace where not g.tgisinternal
          union all
          select format('policy %s.%s', p.tablename, p.policyname), concat_ws(' ', p.schemaname, p.cmd, p.roles::text, p.qual, p.with_check) from pg_policies p
          union all
          select format('extension %s', extname), extversion from pg_extension
        ) as found (name, value)
        """;
}
