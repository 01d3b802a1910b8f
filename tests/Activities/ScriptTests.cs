using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Activities;

public sealed class ScriptTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _table = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task A_file_that_was_edited_after_it_ran_is_refused_by_every_later_plan()
    {
        await using var before = await OpenAsync(Table());
        await before.DoAsync("table");
        await using var after = await OpenAsync(Table() with { Apply = [new SqlScript("table.sql", $"create table {_table} (id int, extra int)")] });

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => after.DoAsync("table"));

        Assert.Contains("its files were edited since", refusal.Message);
    }

    [Fact]
    public async Task A_new_plan_that_leaves_the_step_alone_finds_it_done()
    {
        await using var before = await OpenAsync(Table());
        await before.DoAsync("table");
        var plan = before.Plan with { Batches = [before.Plan.Batches[0] with { Owner = "another" }] };
        await using var after = await Worksite.OpenAsync(postgres.ConnectionString, plan);

        Assert.Equal(Effect.Nothing, (await after.DoAsync("table")).Effect);
    }

    [Fact]
    public async Task Whoever_holds_the_lock_is_named()
    {
        await using var site = await OpenAsync(Table(), Some.Ddl("column", $"alter table {_table} add column name text", $"alter table {_table} drop column if exists name"));
        await site.DoAsync("table");
        await using var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { ApplicationName = "nightly report" }.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var reading = new NpgsqlBatch(holder, transaction) { BatchCommands = { new($"lock table {_table} in access share mode") } };
        await reading.ExecuteNonQueryAsync();

        var failure = await Assert.ThrowsAsync<StatementException>(() => site.DoAsync("column"));

        Assert.True(PostgresFailures.IsLockTimeout(failure.Postgres));
        Assert.Matches(
            $@"; blocked by pid {holder.ProcessID} \(nightly report, \w+, idle in transaction, transaction open for 00:00:0\d\): lock table {_table} in access share mode$",
            failure.Message);
    }

    [Fact]
    public async Task An_invalid_index_of_an_earlier_attempt_is_cleaned_up_and_built_again()
    {
        await using var site = await OpenAsync(Table(), Some.Ddl("index", $"create unique index concurrently {_table}_id on {_table} (id)", $"drop index concurrently if exists {_table}_id"));
        await site.DoAsync("table");
        await site.ExecuteAsync($"insert into {_table} values (1), (1)");
        await Assert.ThrowsAsync<StatementException>(() => site.DoAsync("index"));
        Assert.False(await site.ScalarAsync<bool>($"select indisvalid from pg_index where indexrelid = '{_table}_id'::regclass"));

        await site.ExecuteAsync($"delete from {_table}");
        await site.DoAsync("index");

        Assert.True(await site.ScalarAsync<bool>($"select indisvalid from pg_index where indexrelid = '{_table}_id'::regclass"));
    }

    [Fact]
    public async Task A_step_that_is_being_done_elsewhere_loses_its_fence_there()
    {
        await using var site = await OpenAsync(Table());
        var found = await site.FindAsync("table");
        var zombie = await Steps.OpenAsync(found.Database, found.Claim(Direction.Do), default);
        await site.DoAsync("table");

        await Assert.ThrowsAsync<FencedOffException>(() =>
            new ScriptRunner(found.Database, zombie!, TimeSpan.FromSeconds(1)).RunAsync(((DdlStep)found.Step).Apply[0], default));
    }

    [Fact]
    public async Task A_colon_or_an_at_sign_in_a_script_is_no_parameter()
    {
        await using var site = await OpenAsync(Some.Sql(
            "odd",
            $$"""
            create table {{_table}} (a text); -- :not @a $1 parameter
            insert into {{_table}} values ('@x :y ; $1'), ($tag$ ; @z $tag$), ('{}'::jsonb ->> 'a');
            create function {{_table}}_f() returns int language sql begin atomic select 1; select 2; end;
            """,
            $"drop function {_table}_f; drop table {_table}"));

        Assert.Equal(3, (await site.DoAsync("odd")).Rows);
    }

    [Theory]
    [InlineData("create index concurrently i on t (a)", "i", "t")]
    [InlineData("create unique index concurrently if not exists \"I x\" on only s.\"T y\" using btree (a)", "I x", "s.\"T y\"")]
    public void The_index_of_a_concurrent_build_is_known(string sql, string name, string table) =>
        Assert.Equal(new ConcurrentIndex(name, table), ConcurrentIndex.TryParse(Orchestrator.Workflows.Sql.SqlStatements.Split(sql)[0]));

    [Theory]
    [InlineData("create index concurrently on t (a)")]
    [InlineData("drop index concurrently i")]
    [InlineData("vacuum t")]
    public void What_builds_no_named_index_is_left_alone(string sql) =>
        Assert.Null(ConcurrentIndex.TryParse(Orchestrator.Workflows.Sql.SqlStatements.Split(sql)[0]));

    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(1, 0, 0.75)]
    [InlineData(1, 1, 1.25)]
    [InlineData(2, 0.5, 2)]
    [InlineData(4, 0.25, 7)]
    [InlineData(5, 0, 12)]
    [InlineData(5, 0.9, 16)]
    [InlineData(100, 1, 16)]
    public void Patience_for_a_lock_grows_to_a_limit_with_some_jitter(int attempt, double draw, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), LockPatience.For(attempt, draw));

    private DdlStep Table() => Some.Ddl("table", $"create table {_table} (id int)", $"drop table if exists {_table}");

    private Task<Worksite> OpenAsync(params Step[] steps) =>
        Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(steps) with { Name = _table });
}
