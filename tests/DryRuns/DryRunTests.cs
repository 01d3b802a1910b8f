using Npgsql;
using Orchestrator.Activities.DryRuns;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.DryRuns;

public sealed class DryRunTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Written = """
        select (select count(*) from pg_class) || '/' || (select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname !~ '^pg_t') || '/'
          || (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables) || '/' || (select count(*) from pg_stat_user_tables)
        """;

    [Fact]
    public async Task Steps_are_estimated_by_a_role_that_may_only_read_and_nothing_is_written()
    {
        var (connection, reader) = await PrepareAsync();
        await using var database = NpgsqlDataSource.Create(connection);
        var plan = Some.Plan(
            Upsert(),
            Some.Backfill("chunk", "insert into target select id, amount from source where {range}", "truncate target"),
            new IdMapStep { Id = "ids", Title = "Ids", Database = "db", Undo = [], Table = "source", Key = "id", Name = "source", Namespace = Some.Namespace },
            Some.Backfill("later", "insert into not_yet select id from source where {range}", "select 1") with { Table = "nowhere" });
        var before = await ReadAsync(database, Written);

        var estimates = (await EstimateAsync(reader, plan)).ToDictionary(e => e.Step);

        Assert.Equal(before, await ReadAsync(database, Written));
        // The role may not write the target, so the planner refuses the statements, and the walked table has to do.
        Assert.Equal((20_000, 20_000, true), (estimates["fill"].Walked!.Value, estimates["fill"].Changes!.Value, estimates["fill"].IsAtMost));
        Assert.Equal(200, estimates["chunk"].Chunks);
        Assert.Equal(20_000, estimates["ids"].Changes);
        Assert.Contains("is not there", estimates["later"].Problem);
        Assert.All(estimates.Values.Where(e => e.Step != "later"), e => Assert.True(e.Seconds >= 0 && e.Bytes > 0 && e.Basis!.Contains("rows/s"), e.ToString()));
    }

    [Fact]
    public async Task A_mapping_is_held_against_what_is_there()
    {
        var (connection, _) = await PrepareAsync();
        var update = Upsert(WriteMode.Update) with { Id = "update" };
        var keep = Upsert(WriteMode.PreserveExisting) with { Id = "keep" };
        var inPlace = Upsert(WriteMode.Update) with { Id = "place", Into = Mapping(WriteMode.Update) with { Table = "source", Columns = [new("id", "id"), new("amount", "amount + (id <= 7)::int")] } };

        var estimates = (await EstimateAsync(connection, Some.Plan(Upsert(), update, keep, inPlace))).ToDictionary(e => e.Step, e => e.Changes!.Value);

        // Of 1,000 rows in the target 990 are as they should be, 5 hold nothing and 5 another value.
        Assert.Equal((19_010, 10, 19_005, 7), (estimates["fill"], estimates["update"], estimates["keep"], estimates["place"]));
    }

    [Fact]
    public async Task Of_a_step_that_is_done_it_says_what_a_rerun_would_change()
    {
        var (connection, _) = await PrepareAsync();
        var ids = new IdMapStep { Id = "ids", Title = "Ids", Database = "db", Undo = [], Table = "source", Key = "id", Name = "source", Namespace = Some.Namespace };
        await using var site = await Worksite.OpenAsync(connection, Some.Plan(Upsert(), ids));
        Assert.Equal(19_010, (await site.DoAsync("fill")).Rows);
        await site.DoAsync("ids");
        await site.ExecuteAsync("insert into source values (20001, 1)");

        var estimates = await EstimateAsync(connection, site.Plan);

        Assert.Equal([("fill", "done", 0L), ("ids", "done", 1L)], estimates.Select(e => (e.Step, e.State!, e.Changes!.Value)));
    }

    [Fact]
    public async Task A_copy_is_sized_by_its_source_and_refused_where_it_would_be()
    {
        var (connection, source) = (await PrepareAsync(), await PrepareAsync());
        var plan = Some.Plan(new CopyStep { Id = "copy", Title = "Copy", Database = "db", Undo = [new SqlScript("u.sql", "select 1")], From = "other", Tables = ["source"] }) with
        {
            Databases = ["db", "other"],
            Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB"), new DatabaseBinding("other", "OTHER")])],
        };

        var copy = Assert.Single(await EstimateAsync(connection.Owner, plan, source.Owner));

        Assert.Equal((20_000, 1, true), (copy.Changes!.Value, copy.Chunks!.Value, copy.Bytes > 500_000));
        Assert.Contains("the target already has rows in public.source", copy.Problem);
    }

    private static RowMapping Mapping(WriteMode mode) => new() { Table = "target", Mode = mode, Key = ["id"], Columns = [new("id", "id"), new("amount", "amount")] };

    private static BackfillStep Upsert(WriteMode mode = WriteMode.Upsert) => new()
    {
        Id = "fill",
        Title = "Fill",
        Database = "db",
        Undo = [new SqlScript("undo.sql", "select 1")],
        Table = "source",
        Key = ["id"],
        Into = Mapping(mode),
    };

    private static async Task<IReadOnlyList<StepEstimate>> EstimateAsync(string connection, MigrationPlan plan, string? other = null)
    {
        await using var databases = new Databases(new ActivitySettings { Ledger = connection, ReadVariable = name => name == "OTHER" ? other : connection });
        return await new DryRun(databases, plan, "test", null, TimeProvider.System).EstimateAsync(default);
    }

    private static async Task<string> ReadAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A database of its own, as its owner sees it and as a role that may only read.</summary>
    private async Task<(string Owner, string Reader)> PrepareAsync()
    {
        var name = $"dry_{Guid.NewGuid():N}";
        await using var server = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using (var create = server.CreateCommand($"create database {name}"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var owner = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
        await using var database = NpgsqlDataSource.Create(owner);
        await using var fill = database.CreateCommand(
            $"""
            create table source (id int primary key, amount int);
            insert into source select n, n * 2 from generate_series(1, 20000) as n;
            create table target (id int primary key, amount int);
            insert into target select n, case when n <= 5 then null when n <= 10 then 0 else n * 2 end from generate_series(1, 1000) as n;
            analyze;
            create role {name} login password 'reader';
            alter role {name} set default_transaction_read_only = on;
            grant select on source, target to {name};
            """);
        await fill.ExecuteNonQueryAsync();
        return (owner, new NpgsqlConnectionStringBuilder(owner) { Username = name, Password = "reader" }.ConnectionString);
    }
}
