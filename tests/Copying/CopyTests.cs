using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Copying;

public sealed class CopyTests(PostgresFixture target, SourceFixture source) : IClassFixture<PostgresFixture>, IClassFixture<SourceFixture>
{
    private readonly string _schema = $"s{Guid.NewGuid():N}";

    [Fact]
    public async Task Rows_of_every_type_arrive_as_they_are()
    {
        var tables =
            $"""
            create type {_schema}.mood as enum ('sad', 'ok');
            create type {_schema}.pair as (a int, b text);
            create domain {_schema}.short as text check (length(value) < 10);
            create table {_schema}.everything (
              id bigint generated always as identity primary key, flag boolean, small smallint, amount numeric(20, 6), ratio double precision,
              name text, code char(5), raw bytea, doc json, docb jsonb, day date, at timestamptz, during interval, uid uuid, tags text[], grid int[][],
              net inet, span int4range, bits bit varying, feeling {_schema}.mood, brief {_schema}.short,
              double_name text generated always as (name || name) stored);
            create table {_schema}.odd (id int primary key, feelings {_schema}.mood[], both_of {_schema}.pair);
            create table {_schema}."Mixed Case" ("The Key" text primary key, "select" int);
            """;
        await using var site = await OpenAsync(tables);
        await SourceAsync(
            $$$"""
            insert into {{{_schema}}}.everything (flag, small, amount, ratio, name, code, raw, doc, docb, day, at, during, uid, tags, grid, net, span, bits, feeling, brief)
            values
              (true, 1, 12345.678901, 'NaN', E'tab\t newline\n quote'' back\\slash é 😀', 'ab', '\x00ff10', '{"a": [1, null]}', '{"b": {"c": 1.50}}', 'infinity', '-infinity',
               '1 mon 2 days 03:04:05.678', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"x",NULL,"y,z"}', '{{1,2},{3,4}}', '10.0.0.0/8', '[1,5)', '101', 'ok', 'short'),
              (null, null, null, '-Infinity', '', '', '', null, null, null, null, null, null, '{}', null, null, 'empty', null, null, null);
            insert into {{{_schema}}}.odd values (1, '{sad,ok}', '(1,"two, three")'), (2, null, null);
            insert into {{{_schema}}}."Mixed Case" values ('ключ', 1), ('', 2);
            """);

        var effect = await site.DoAsync("copy");

        Assert.Equal(6, effect.Rows);
        foreach (var table in new[] { "everything", "odd", "\"Mixed Case\"" })
        {
            var fingerprint = $"select md5(string_agg(t::text, '|' order by t::text)) from {_schema}.{table} t";
            Assert.Equal(await SourceScalarAsync<string>(fingerprint), await site.ScalarAsync<string>(fingerprint));
        }

        Assert.Equal(3, await site.ScalarAsync<long>($"insert into {_schema}.everything (name) values ('next') returning id"));
    }

    [Fact]
    public async Task Foreign_keys_in_a_circle_and_onto_themselves_are_there_and_valid_afterwards()
    {
        await using var site = await OpenAsync(
            $"""
            create table {_schema}.people (id int primary key, boss int references {_schema}.people (id), home int);
            create table {_schema}.homes (id int primary key, owner int not null references {_schema}.people (id) deferrable);
            alter table {_schema}.people add constraint lives foreign key (home) references {_schema}.homes (id);
            create function {_schema}.refuse() returns trigger language plpgsql as 'begin raise exception $x$fired$x$; end';
            create trigger refuse before insert on {_schema}.homes for each row execute function {_schema}.refuse();
            """);
        await SourceAsync(
            $"""
            alter table {_schema}.homes disable trigger refuse;
            insert into {_schema}.people select n, nullif(n % 10 + 1, n), null from generate_series(1, 1000) n;
            insert into {_schema}.homes select n, n from generate_series(1, 500) n;
            update {_schema}.people set home = (id % 500) + 1;
            """);
        var constraints = $"select string_agg(conname || ' ' || convalidated || ' ' || condeferrable, ', ' order by conname) from pg_constraint where connamespace = '{_schema}'::regnamespace and contype = 'f'";
        var before = await site.ScalarAsync<string>(constraints);

        var effect = await site.DoAsync("copy");

        Assert.Equal(1_500, effect.Rows);
        Assert.Contains("3 foreign keys", effect.Note);
        Assert.Contains("as of one moment", effect.Note);
        Assert.Equal(before, await site.ScalarAsync<string>(constraints));
        Assert.Equal("O", await site.ScalarAsync<string>($"select tgenabled::text from pg_trigger where tgname = 'refuse' and tgrelid = '{_schema}.homes'::regclass"));
        Assert.Equal((Effect.Nothing, 0L), Short(await site.DoAsync("copy")));
    }

    [Fact]
    public async Task A_large_table_is_cut_and_its_indexes_are_made_again_as_they_were()
    {
        await using var site = await OpenAsync(
            $"""
            create table {_schema}.big (id bigint primary key, name text unique, filler text);
            create index big_filler on {_schema}.big (lower(filler) desc) where id % 2 = 0;
            """);
        await SourceAsync($"insert into {_schema}.big select n * 7, 'name ' || n, repeat('x', 500) from generate_series(1, 150000) n; analyze {_schema}.big");
        var shape = $"select string_agg(pg_get_indexdef(indexrelid) || indisvalid || coalesce((select contype::text from pg_constraint where conindid = indexrelid), ''), '; ' order by indexrelid::regclass::text) from pg_index where indrelid = '{_schema}.big'::regclass";
        var before = await site.ScalarAsync<string>(shape);

        var effect = await site.DoAsync("copy");

        Assert.Equal(150_000, effect.Rows);
        Assert.Equal(before, await site.ScalarAsync<string>(shape));
        Assert.Equal("true 150000/150000", await site.ScalarAsync<string>(
            $"select (select count(*) > 8 from orchestrator.ranges where plan = '{site.Plan.Name}') || ' ' || count(*) || '/' || count(distinct id) from {_schema}.big"));
        Assert.Contains("3 indexes made again", effect.Note);
    }

    [Fact]
    public async Task Rows_that_come_while_it_runs_are_not_of_its_moment()
    {
        await using var site = await OpenAsync($"create table {_schema}.first (id int primary key); create table {_schema}.second (id int primary key, first int references {_schema}.first (id))");
        await SourceAsync($"insert into {_schema}.first values (1); insert into {_schema}.second values (1, 1)");

        await site.TransferAsync("copy", progress =>
        {
            if (progress.Chunks == 1)
            {
                // After the first table was read: its row would be missing.
                using var connection = new NpgsqlConnection(source.ConnectionString);
                connection.Execute($"insert into {_schema}.first values (2); insert into {_schema}.second values (2, 2)");
            }
        });

        Assert.Equal("1 1", await site.ScalarAsync<string>($"select (select count(*) from {_schema}.first) || ' ' || (select count(*) from {_schema}.second)"));
    }

    [Theory]
    [InlineData("create table {0}.t (id int primary key, extra text)", "create table {0}.t (id int primary key)", "t.extra is not in the target")]
    [InlineData("create table {0}.t (id int primary key)", "create table {0}.t (id bigint primary key)", "t.id is integer in the source and bigint in the target")]
    [InlineData("create table {0}.t (id int primary key)", "create table {0}.t (id int primary key, must text not null)", "t.must must have a value in the target")]
    [InlineData("create table {0}.t (id int primary key)", "select '{0}'", "t is not in the target")]
    [InlineData("select '{0}'", "select '{0}'", "There is no table to copy")]
    public async Task Tables_that_do_not_fit_are_refused_with_every_misfit(string here, string there, string sentence)
    {
        await using var site = await OpenAsync(there.Replace("{0}", _schema, StringComparison.Ordinal), here.Replace("{0}", _schema, StringComparison.Ordinal));

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains(sentence, refusal.Message);
    }

    [Fact]
    public async Task A_target_with_rows_is_left_alone()
    {
        await using var site = await OpenAsync($"create table {_schema}.t (id int primary key)");
        await SourceAsync($"insert into {_schema}.t values (1)");
        await site.ExecuteAsync($"insert into {_schema}.t values (9)");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains($"already has rows in {_schema}.t", refusal.Message);
        Assert.Equal(1, await site.ScalarAsync<long>($"select count(*) from {_schema}.t"));
    }

    [Fact]
    public async Task A_foreign_key_that_the_rows_break_is_named_and_undo_leaves_everything_as_it_was()
    {
        await using var site = await OpenAsync(
            $"create table {_schema}.a (id int primary key); create table {_schema}.b (id int primary key, a int constraint b_to_a references {_schema}.a (id))",
            $"create table {_schema}.a (id int primary key); create table {_schema}.b (id int primary key, a int)");
        await SourceAsync($"insert into {_schema}.b values (1, 42)");

        var failure = await Assert.ThrowsAsync<Orchestrator.Activities.Postgres.StatementException>(() => site.DoAsync("copy"));
        await site.UndoAsync("copy");

        Assert.Contains("Putting back b_to_a", failure.Message);
        Assert.Equal("0 1", await site.ScalarAsync<string>($"select (select count(*) from {_schema}.b) || ' ' || (select count(*) from pg_constraint where conname = 'b_to_a' and connamespace = '{_schema}'::regnamespace)"));
    }

    [Fact]
    public async Task Row_counts_that_were_expected_are_checked()
    {
        var step = Step() with { Expect = [new ExpectedRows($"{_schema}.t", 2)] };
        await using var site = await OpenAsync($"create table {_schema}.t (id int primary key)", step: step);
        await SourceAsync($"insert into {_schema}.t values (1)");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains($"{_schema}.t has 1 rows and was expected to have 2", refusal.Message);
    }

    private static (Effect, long) Short(StepEffect effect) => (effect.Effect, effect.Rows);

    private CopyStep Step() => new()
    {
        Id = "copy",
        Title = "copy",
        Database = "db",
        From = "old",
        Tables = [$"{_schema}.*"],
        Undo = [new SqlScript("undo.sql", $"do $$ declare t regclass; begin for t in select c.oid from pg_class c where relnamespace = '{_schema}'::regnamespace and relkind = 'r' loop execute format('truncate %s cascade', t); end loop; end $$")],
    };

    private async Task<Worksite> OpenAsync(string tables, string? sourceTables = null, CopyStep? step = null)
    {
        var plan = Some.Plan(step ?? Step()) with
        {
            Name = $"plan-{Guid.NewGuid():N}",
            Databases = ["db", "old"],
            Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB"), new DatabaseBinding("old", Worksite.SourceVariable)])],
        };
        var site = await Worksite.OpenAsync(target.ConnectionString, plan, source: source.ConnectionString);
        await site.ExecuteAsync($"create schema {_schema}; {tables}");
        await SourceAsync($"create schema {_schema}; {sourceTables ?? tables}");
        return site;
    }

    private async Task SourceAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(source.ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> SourceScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(source.ConnectionString);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
