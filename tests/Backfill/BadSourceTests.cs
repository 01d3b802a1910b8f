using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Backfill;

/// <summary>What a source may do to a backfill: it gets one sentence, and no chunk is there by half.</summary>
public sealed class BadSourceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("timestamptz", "case n when 1 then '-infinity' when 1000 then 'infinity' else timestamptz '2026-01-01' + n * interval '1 hour' end")]
    [InlineData("date", "case n when 1 then '-infinity' when 1000 then 'infinity' else date '2026-01-01' + n end")]
    [InlineData("double precision", "case n when 1 then '-Infinity' when 999 then 'Infinity' when 1000 then 'NaN' else n / 7.0 end")]
    [InlineData("numeric", "case n when 1000 then 'NaN' else n / 7.0 end")]
    public async Task Keys_beyond_all_others_are_walked_like_them(string type, string value)
    {
        await using var site = await PrepareAsync(
            $"create table source (id {type} primary key); insert into source select {value} from generate_series(1, 1000) n; create table target (id {type})",
            "insert into target select id from source where {range}");

        Assert.Equal(1_000, (await site.DoAsync("fill")).Rows);
        Assert.Equal("1000/1000", await site.ScalarAsync<string>("select count(*) || '/' || count(distinct id) from target"));
    }

    [Theory]
    [InlineData("case n when 500 then 'NaN'::numeric else n end", "value::int", "cannot convert NaN to integer")]
    [InlineData("case n when 500 then 'infinity' else '2026-01-01' end::timestamptz", "extract(epoch from value)::bigint", "cannot convert infinity to bigint")]
    [InlineData("n::text", "case when id = 500 then chr(id - 500) else value end", "null character not permitted")]
    [InlineData("case n when 500 then '{\"a\": \"\\u0000\"}' else '{}' end::json", "value ->> 'a'", "unsupported Unicode escape sequence")]
    [InlineData("case n when 500 then '\\xff' else '\\x41' end::bytea", "convert_from(value, 'UTF8')", "invalid byte sequence for encoding \"UTF8\"")]
    [InlineData("nullif(n, 500)", "value", "violates check constraint")]
    public async Task A_value_that_will_not_go_in_names_its_row(string value, string expression, string sentence)
    {
        await using var site = await PrepareAsync(
            $"""
            create table source as select n as id, {value} as value from generate_series(1, 1000) n;
            alter table source add primary key (id);
            create table target as select id, {expression} as value from source where id = 1;
            truncate target;
            alter table target add check (id <> 500 or value is not null);
            """,
            $"insert into target select id, {expression} from source where {{range}}");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("fill"));

        Assert.Contains("the row with the key 500 cannot be written", refusal.Message);
        Assert.Contains(sentence, refusal.Message);
        Assert.Equal("499 499", await site.ScalarAsync<string>("select count(*) || ' ' || max(id) from target"));
    }

    [Fact]
    public async Task Rows_that_go_away_or_come_in_between_while_it_runs_are_moved_or_not_and_never_twice()
    {
        await using var site = await PrepareAsync(
            "create table source (id int primary key); insert into source select n * 10 from generate_series(1, 1000) n; create table target (id int)",
            "insert into target select id from source where {range}");
        var isDone = false;

        await site.TransferAsync("fill", progress =>
        {
            if (!isDone && progress.Walked >= 300)
            {
                isDone = true;
                using var connection = new NpgsqlConnection(postgres.ConnectionString);
                connection.Execute("delete from source where id > 5000 and id % 20 = 0; insert into source select id + 1 from source");
            }
        });

        Assert.True(isDone);
        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) - count(distinct id) from target"));
        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from source s where id > 5000 and id <= 10000 and not exists (select from target t where t.id = s.id)"));
        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from target where id > 5000 and id % 20 = 0"));
    }

    [Fact]
    public async Task A_privilege_that_is_taken_away_half_way_is_named_and_given_back_it_goes_on()
    {
        var role = $"r{Guid.NewGuid():N}";
        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        await using (var owner = new NpgsqlConnection(postgres.ConnectionString))
        {
            await owner.ExecuteAsync(
                $"""
                drop table if exists source, target;
                create role {role} login password 'pass';
                grant all on database {database.Database} to {role};
                create table source (id int primary key);
                insert into source select generate_series(1, 1000);
                create table target (id int);
                grant select on source to {role};
                grant select, insert on target to {role};
                """);
        }

        var plan = Some.Plan(Some.Backfill("fill", "insert into target select id from source where {range}", "truncate target")) with { Name = $"plan-{Guid.NewGuid():N}" };
        var connection = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Username = role, Password = "pass" }.ConnectionString;
        await GrantLedgerAsync(role);
        await using var site = await Worksite.OpenAsync(connection, plan);
        var isDone = false;

        var failure = await Assert.ThrowsAsync<StatementException>(() => site.TransferAsync("fill", progress =>
        {
            if (!isDone && progress.Walked >= 300)
            {
                isDone = true;
                Owner($"revoke insert on target from {role}");
            }
        }));
        var left = await site.ScalarAsync<long>("select count(*) from target");
        Owner($"grant insert on target to {role}");
        await site.DoAsync("fill");

        Assert.Contains("permission denied for table target", failure.Message);
        Assert.Equal(300, left);
        Assert.Equal("1000/1000", await site.ScalarAsync<string>("select count(*) || '/' || count(distinct id) from target"));
    }

    private async Task GrantLedgerAsync(string role)
    {
        await using var owner = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan() with { Name = $"plan-{Guid.NewGuid():N}" });
        await owner.ExecuteAsync(
            $"grant all on schema orchestrator to {role}; grant all on all tables in schema orchestrator to {role}; grant all on all sequences in schema orchestrator to {role}; grant execute on all functions in schema orchestrator to {role}");
    }

    private void Owner(string sql)
    {
        using var connection = new NpgsqlConnection(postgres.ConnectionString);
        connection.Execute(sql);
    }

    private async Task<Worksite> PrepareAsync(string tables, string chunk)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(Some.Backfill("fill", chunk, "truncate target")) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync($"drop table if exists source, target; {tables}");
        return site;
    }
}
