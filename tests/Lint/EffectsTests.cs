using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;

namespace Orchestrator.Tests.Lint;

/// <summary>What the lint claims about locks and work is held against pg_locks, file nodes and scan counters of a real server.</summary>
public sealed class EffectsTests(ExampleDatabase database) : IClassFixture<ExampleDatabase>
{
    [Theory]
    [MemberData(nameof(InTransaction))]
    public async Task A_statement_locks_and_does_what_is_claimed(string sql, string relation, int since)
    {
        await using var session = await database.OpenAsync();
        if (database.Version < since)
        {
            return;
        }

        var measured = await session.MeasureAsync(sql, relation);

        var claimed = Claim(sql, relation, await KnownColumnsAsync(session));
        Assert.Equal(measured, new Measurement(claimed?.Lock, claimed?.Work ?? TableWork.None));
    }

    [Theory]
    [InlineData("create index concurrently i on orders (placed_at)", "orders")]
    [InlineData("drop index concurrently orders_customer_id", "orders_customer_id")]
    [InlineData("reindex table concurrently orders", "orders")]
    [InlineData("reindex index concurrently orders_pkey", "orders_pkey")]
    [InlineData("vacuum orders", "orders")]
    [InlineData("vacuum full orders", "orders")]
    [InlineData("alter table events detach partition events_2025 concurrently", "events")]
    public async Task A_statement_that_runs_alone_asks_for_the_lock_that_is_claimed(string sql, string relation)
    {
        await using var session = await ExampleDatabase.CopyAsync();
        await using var holder = await session.AnotherAsync();
        await using var observer = await session.AnotherAsync();
        await holder.ExecuteAsync("begin");
        // Weak enough for looking up the name, strong enough for everything else; an index cannot be locked by name.
        await holder.ExecuteAsync(relation.StartsWith("orders_", StringComparison.Ordinal)
            ? $"alter index {relation} set (fillfactor = 80)"
            : $"lock table {relation} in exclusive mode");

        var running = session.ExecuteAsync(sql);
        try
        {
            await Eventually.EqualAsync(Claim(sql, relation, [])?.Lock, () => observer.RequestedLockAsync(session.ProcessId, relation));
        }
        finally
        {
            await observer.ExecuteAsync($"select pg_cancel_backend({session.ProcessId})");
            await Assert.ThrowsAsync<PostgresException>(() => running);
        }
    }

    public static TheoryData<string, string, int> InTransaction()
    {
        var statements = new TheoryData<string, string, int>();
        foreach (var (since, lines) in EffectStatements.BySince)
        {
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var parts = line.Split(" | ");
                statements.Add(parts[1], parts[0], since);
            }
        }

        return statements;
    }

    private Effect? Claim(string sql, string relation, ImmutableArray<KnownColumn> known)
    {
        var catalog = new PlanCatalog(new LintSettings { PostgresVersion = Math.Min(database.Version, LintSettings.NewestPostgres), KnownColumns = known });
        var effects = Effects.Of(StatementReader.Read(Assert.Single(SqlStatements.Split(sql))), catalog, database.Version);
        return effects.On(catalog.Resolve(new SqlName(null, relation)));
    }

    private static async Task<ImmutableArray<KnownColumn>> KnownColumnsAsync(ExampleSession session)
    {
        var columns = (string[])(await session.ScalarAsync("""
            select array_agg(concat_ws('|', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull))
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0
            """))!;
        return [.. columns.Select(column => column.Split('|')).Select(parts => new KnownColumn(new SqlName("public", parts[0]), parts[1], parts[2], parts[3] == "t"))];
    }
}
