using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Copying;

/// <summary>What a source may do to a copy: it gets one sentence, and no range is there by half.</summary>
public sealed class BadSourceTests(PostgresFixture target, SourceFixture source) : IClassFixture<PostgresFixture>, IClassFixture<SourceFixture>
{
    private readonly CopySite _copy = new(target.ConnectionString, source.ConnectionString);

    [Fact]
    public async Task A_table_without_a_key_and_a_partitioned_one_arrive_whole_with_their_duplicates()
    {
        await using var site = await _copy.OpenAsync(
            """
            create table keyless (n int, word text);
            create table parted (at date, n int) partition by range (at);
            create table parted_1 partition of parted for values from ('2026-01-01') to ('2026-07-01');
            create table parted_2 partition of parted default;
            """);
        await _copy.SourceAsync(
            """
            insert into keyless select n % 10, 'w' from generate_series(1, 1000) n;
            insert into parted select date '2026-01-01' + n, n from generate_series(1, 365) n;
            insert into parted values ('infinity', 0), ('-infinity', 0);
            """);

        Assert.Equal(1_367, (await site.DoAsync("copy")).Rows);
        Assert.Equal("1000/10 367/366", await site.ScalarAsync<string>(
            $"select (select count(*) || '/' || count(distinct n) from {_copy.Schema}.keyless) || ' ' || (select count(*) || '/' || count(distinct n) from {_copy.Schema}.parted)"));
    }

    [Theory]
    [InlineData("id int primary key, value int check (value <> 3)", "id int primary key, value int", "the row with the key 3 cannot be copied: new row for relation \"t\" violates check constraint")]
    [InlineData("id int primary key, value int not null", "id int primary key, value int", "the row with the key 5 cannot be copied: null value in column \"value\"")]
    [InlineData("id int, value int check (value <> 3)", "id int, value int", "row 3 of those sent")]
    [InlineData("id int primary key, value int unique", "id int primary key, value int", "the rows with the keys 1 and 4 cannot both be copied: duplicate key value violates unique constraint")]
    public async Task A_row_that_the_target_refuses_is_named(string here, string there, string sentence)
    {
        await using var site = await _copy.OpenAsync($"create table t ({here})", tablesThere: $"create table t ({there})");
        await _copy.SourceAsync("insert into t values (1, 1), (2, 2), (3, 3), (4, 1), (5, null)");

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => site.DoAsync("copy"));

        Assert.Contains(sentence, refusal.Message);
        Assert.DoesNotContain("Failing row contains", refusal.Message);
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from {_copy.Schema}.t"));
    }

    [Fact]
    public async Task Two_rows_that_an_index_made_again_keeps_apart_are_named()
    {
        await using var site = await _copy.OpenAsync("create table t (id int primary key, word text unique)", tablesThere: "create table t (id int primary key, word text)");
        await _copy.SourceAsync("insert into t select n, case n when 40000 then 'w7' else 'w' || n end from generate_series(1, 60000) n; analyze t");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains("the rows with the keys 7 and 40000 cannot both be there: could not create unique index", refusal.Message);
    }

    [Fact]
    public async Task Keys_that_would_be_taken_away_from_another_roles_tables_are_refused_with_the_way_out()
    {
        var role = $"r{Guid.NewGuid():N}";
        var database = await TestCluster.CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(database);
        await owner.ExecuteAsync($"create role {role} login password 'pass'; grant create on database {owner.Database} to {role}");
        var copy = new CopySite(new NpgsqlConnectionStringBuilder(database) { Username = role, Password = "pass" }.ConnectionString, source.ConnectionString);
        await using var site = await copy.OpenAsync("create table a (id int primary key); create table b (id int primary key, a int references a (id))");
        await copy.SourceAsync("insert into a values (1); insert into b values (1, 1)");
        await owner.ExecuteAsync($"set search_path = {copy.Schema}; alter table a owner to current_user; alter table b owner to current_user; grant all on a, b to {role}");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains($"The tables {copy.Schema}.a, {copy.Schema}.b belong to another role", refusal.Message);
        Assert.Contains("write 'references: two-pass', or copy as their owner", refusal.Message);
        await TestCluster.DropDatabaseAsync(database);
    }

    [Fact]
    public async Task A_source_without_an_encoding_is_copied_where_its_bytes_are_text_and_named_where_they_are_not()
    {
        var database = $"ascii_{Guid.NewGuid():N}";
        var ascii = new NpgsqlConnectionStringBuilder(source.ConnectionString) { Database = database }.ConnectionString;
        await using (var server = new NpgsqlConnection(source.ConnectionString))
        {
            await server.ExecuteAsync($"create database {database} template template0 encoding 'SQL_ASCII' locale 'C'");
        }

        var copy = new CopySite(target.ConnectionString, ascii);
        await using var site = await copy.OpenAsync("create table t (id int primary key, name text)");
        await copy.SourceAsync("insert into t select n, convert_from(case n when 61 then '\\xe9' else '\\xc3a9' end::bytea, 'SQL_ASCII') from generate_series(1, 100) n");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));
        await copy.SourceAsync("delete from t where id = 61");
        await site.DoAsync("copy");

        Assert.Contains("the row with the key 61 cannot be copied: invalid byte sequence for encoding \"UTF8\"", refusal.Message);
        Assert.Equal("99 é", await site.ScalarAsync<string>($"select count(*) || ' ' || min(name) from {copy.Schema}.t"));
        await TestCluster.DropDatabaseAsync(ascii);
    }

    [Fact]
    public async Task A_privilege_that_is_taken_away_half_way_is_named_and_given_back_it_goes_on()
    {
        var role = $"r{Guid.NewGuid():N}";
        await using (var owner = new NpgsqlConnection(source.ConnectionString))
        {
            await owner.ExecuteAsync($"create role {role} login password 'pass'");
        }

        var copy = new CopySite(target.ConnectionString, new NpgsqlConnectionStringBuilder(source.ConnectionString) { Username = role, Password = "pass" }.ConnectionString);
        var tables = $"create schema {copy.Schema}; create table {copy.Schema}.a (id int primary key); create table {copy.Schema}.b (id int primary key, a int references {copy.Schema}.a (id))";
        await Owner($"{tables}; insert into {copy.Schema}.a select generate_series(1, 100); insert into {copy.Schema}.b select n, n from generate_series(1, 100) n; grant usage on schema {copy.Schema} to {role}; grant select on all tables in schema {copy.Schema} to {role}");
        var plan = Some.Plan(copy.Step) with
        {
            Name = $"plan-{Guid.NewGuid():N}",
            Databases = ["db", "old"],
            Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB"), new DatabaseBinding("old", Worksite.SourceVariable)])],
        };
        await using var site = await Worksite.OpenAsync(target.ConnectionString, plan, source: new NpgsqlConnectionStringBuilder(source.ConnectionString) { Username = role, Password = "pass" }.ConnectionString);
        await site.ExecuteAsync(tables);

        var failure = await Assert.ThrowsAsync<StatementException>(() => site.TransferAsync("copy", progress =>
        {
            if (progress.Chunks == 1)
            {
                using var connection = new NpgsqlConnection(source.ConnectionString);
                connection.Execute($"revoke select on {copy.Schema}.b from {role}");
            }
        }));
        await Owner($"grant select on {copy.Schema}.b to {role}");
        var effect = await site.DoAsync("copy");

        Assert.Contains("permission denied for table b", failure.Message);
        Assert.Equal(200, effect.Rows);
        Assert.Equal(1, await site.ScalarAsync<long>($"select count(*) from pg_constraint where contype = 'f' and convalidated and connamespace = '{copy.Schema}'::regnamespace"));
    }

    private async Task Owner(string sql)
    {
        await using var owner = new NpgsqlConnection(source.ConnectionString);
        await owner.ExecuteAsync(sql);
    }
}
