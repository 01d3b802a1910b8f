using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Copy;

/// <summary>
/// Triggers, foreign keys and, of large tables, indexes: in the way while rows come in, and cheaper made at the end for all rows at
/// once. What is taken away is written down in the same transaction, with the statement that puts it back.
/// </summary>
internal sealed class DeferredObjects(NpgsqlDataSource target, HeldStep held, int parallel)
{
    // Below this, making an index again costs more in round trips than keeping it up to date.
    private const long LargeTableRows = 50_000;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Answers with how many were taken away.</summary>
    public async Task<int> TakeAwayAsync(LedgerScope scope, IReadOnlyList<CopyPair> pairs, CancellationToken cancel)
    {
        var tables = pairs.Select(p => p.Target.Id).ToArray();
        var large = pairs.Where(p => p.Source.Rows >= LargeTableRows && !p.Target.Partitioned).Select(p => p.Target.Id).ToArray();
        var found = (await scope.Connection.QueryAsync<FoundObject>(new CommandDefinition(
            FindSql,
            new { Tables = tables, Large = large },
            scope.Transaction,
            cancellationToken: cancel))).AsList();
        if (found.Count > 0 && await new CopyCatalog(scope.Connection).NotOwnedAsync([.. pairs.Select(p => p.Target)], cancel) is { Count: > 0 } foreign)
        {
            throw new RefusalException(
                $"The tables {string.Join(", ", foreign)} belong to another role, so their foreign keys, indexes and triggers cannot be taken away while rows come in: write 'references: two-pass', or copy as their owner.");
        }

        var objects = found.Select((o, i) => new DeferredObject(i + 1, Enum.Parse<DeferredKind>(o.Kind, ignoreCase: true), o.Subject, o.Name, o.Restore, o.Validate, DeferredState.Dropped)).ToList();
        await Deferred.AddAsync(scope, held, objects, cancel);
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            "select set_config('lock_timeout', @Patience, true)",
            new { Patience = ((long)LockPatience.TotalMilliseconds).ToString() },
            scope.Transaction,
            cancellationToken: cancel));
        // Foreign keys before the keys that they rest on.
        foreach (var drop in Enumerable.Reverse(found))
        {
            await scope.Connection.ExecuteAsync(new CommandDefinition(drop.Remove, transaction: scope.Transaction, cancellationToken: cancel));
        }

        return objects.Count;
    }

    /// <param name="pairs">What was copied: rows that cannot both be there are named by their keys.</param>
    /// <param name="cancel">Keeps what is back already.</param>
    public async Task<IReadOnlyList<DeferredObject>> PutBackAsync(IReadOnlyList<CopyPair> pairs, CancellationToken cancel)
    {
        await using var connection = await target.OpenConnectionAsync(cancel);
        var objects = await Deferred.ReadAsync(connection, held, cancel);
        // The indexes of keys are made like all others, so that several of one table are made at once: only to make one a key locks the table.
        await RestoreAsync(objects.Where(o => o.Kind is DeferredKind.Key or DeferredKind.Index), parallel, pairs, cancel);
        await SideBySideAsync(
            objects.Where(o => o is { Kind: DeferredKind.Key, Validate: not null } && o.State != DeferredState.Validated),
            parallel,
            o => MoveAsync(o with { State = DeferredState.Restored }, o.Validate!, DeferredState.Validated, pairs, cancel),
            cancel);
        // A foreign key needs the key, and locks both of its tables: two of them in a circle, at once, lock each other out. To add one unproven
        // takes no time. Triggers last, so that none of it fires them.
        await RestoreAsync(objects.Where(o => o.Kind == DeferredKind.ForeignKey), 1, pairs, cancel);
        await RestoreAsync(objects.Where(o => o.Kind == DeferredKind.Trigger), 1, pairs, cancel);
        return objects;
    }

    public async Task ValidateAsync(CancellationToken cancel)
    {
        await using var connection = await target.OpenConnectionAsync(cancel);
        var objects = await Deferred.ReadAsync(connection, held, cancel);
        await SideBySideAsync(
            objects.Where(o => o is { Validate: not null, State: DeferredState.Restored }),
            parallel,
            o => MoveAsync(o, o.Validate!, DeferredState.Validated, [], cancel),
            cancel);
    }

    private Task RestoreAsync(IEnumerable<DeferredObject> objects, int atOnce, IReadOnlyList<CopyPair> pairs, CancellationToken cancel) => SideBySideAsync(
        objects.Where(o => o.State == DeferredState.Dropped), atOnce, o => MoveAsync(o, o.Restore, DeferredState.Restored, pairs, cancel), cancel);

    private static async Task SideBySideAsync(IEnumerable<DeferredObject> objects, int atOnce, Func<DeferredObject, Task> act, CancellationToken cancel) =>
        await Parallel.ForEachAsync(
            objects,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
            async (o, _) => await act(o));

    private async Task MoveAsync(DeferredObject deferred, string statementSql, DeferredState to, IReadOnlyList<CopyPair> pairs, CancellationToken cancel)
    {
        await using var connection = await target.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        if (!await Deferred.MoveAsync(scope, held, deferred, to, cancel) || !await ExistsAsync(scope, deferred.Subject, cancel))
        {
            // Somebody was faster; or the table was dropped by an undo, and there is nothing to put it back onto.
            await transaction.CommitAsync(cancel);
            return;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "select set_config('maintenance_work_mem', '256MB', true)", transaction: transaction, cancellationToken: cancel));
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(statementSql, transaction: transaction, commandTimeout: 0, cancellationToken: cancel));
        }
        catch (PostgresException e)
        {
            await transaction.DisposeAsync();
            await RefuseTwinsAsync(connection, deferred, pairs, e, cancel);
            throw new StatementException($"Putting back {deferred.Name} of {deferred.Subject}", null, e);
        }

        await transaction.CommitAsync(cancel);
    }

    private static async Task RefuseTwinsAsync(
        NpgsqlConnection connection, DeferredObject deferred, IReadOnlyList<CopyPair> pairs, PostgresException error, CancellationToken cancel)
    {
        if (!PostgresFailures.IsUniqueViolation(error))
        {
            return;
        }

        var table = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select to_regclass(@Subject)::oid::bigint", new { deferred.Subject }, cancellationToken: cancel));
        if (pairs.FirstOrDefault(p => p.Target.Id == table) is { } pair
            && await UniqueDefinition.FindTwinsAsync(connection, deferred.Restore, pair.Target.Identifier, pair.Source.Key, cancel) is { } twins)
        {
            throw new RefusalException(
                $"Putting back {deferred.Name} of {deferred.Subject}: the rows with the keys {twins} cannot both be there: {PostgresFailures.Describe(error)}.", error);
        }
    }

    private static Task<bool> ExistsAsync(LedgerScope scope, string table, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass(@Table) is not null", new { Table = table }, scope.Transaction, cancellationToken: cancel));

    private sealed record FoundObject(string Kind, string Subject, string Name, string Restore, string? Validate, string Remove, int Place);

    private const string FindSql =
        """
        with keys_and_indexes as (
          select i.indexrelid, i.indrelid, k.conname, k.oid as constraint_id,
            case when k.contype in ('p', 'u') and not i.indisexclusion
              then format('add constraint %I %s using index %I%s%s', k.conname, case k.contype when 'p' then 'primary key' else 'unique' end, c.relname,
                case when k.condeferrable then ' deferrable' end, case when k.condeferred then ' initially deferred' end) end as adopt
          from pg_index i
          join pg_class c on c.oid = i.indexrelid
          left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
          where i.indrelid::bigint = any(@Large) and i.indisvalid and not i.indisreplident and not i.indisclustered
            -- A key that tables outside of the copy refer to cannot go.
            and not exists (
              select from pg_constraint f
              where f.contype = 'f' and f.conindid = i.indexrelid and not f.conrelid::bigint = any(@Tables))
        )
        select 'Key' as kind, o.indrelid::regclass::text as subject, o.conname::text as name,
          case when o.adopt is null then format('alter table %s add constraint %I %s', o.indrelid::regclass, o.conname, pg_get_constraintdef(o.constraint_id))
            else pg_get_indexdef(o.indexrelid) end as restore,
          'alter table ' || o.indrelid::regclass || ' ' || o.adopt as validate,
          format('alter table %s drop constraint %I', o.indrelid::regclass, o.conname) as remove, 1 as place
        from keys_and_indexes o
        where o.constraint_id is not null
        union all
        select 'Index', o.indrelid::regclass::text, o.indexrelid::regclass::text, pg_get_indexdef(o.indexrelid), null,
          format('drop index %s', o.indexrelid::regclass), 2
        from keys_and_indexes o
        where o.constraint_id is null
        union all
        select 'ForeignKey', f.conrelid::regclass::text, f.conname::text,
          format('alter table %s add constraint %I %s%s', f.conrelid::regclass, f.conname, pg_get_constraintdef(f.oid),
            -- Not possible for partitioned tables in every version: theirs are checked as they are added.
            case when f.convalidated and c.relkind = 'r' then ' not valid' else '' end),
          case when f.convalidated and c.relkind = 'r' then format('alter table %s validate constraint %I', f.conrelid::regclass, f.conname) end,
          format('alter table %s drop constraint %I', f.conrelid::regclass, f.conname), 3
        from pg_constraint f
        join pg_class c on c.oid = f.conrelid
        where f.contype = 'f' and f.conparentid = 0 and f.conrelid::bigint = any(@Tables)
        union all
        select 'Trigger', t.tgrelid::regclass::text, t.tgname::text,
          format('alter table %s enable %s trigger %I', t.tgrelid::regclass,
            case t.tgenabled when 'R' then 'replica' when 'A' then 'always' else '' end, t.tgname),
          null, format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname), 4
        from pg_trigger t
        where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D' and t.tgrelid::bigint = any(@Tables)
        order by place, subject, name
        """;
}
