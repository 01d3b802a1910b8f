using Orchestrator.Activities;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Copying;

/// <summary>Copies whose foreign keys stay in force from the first row to the last.</summary>
public sealed class TwoPassTests(PostgresFixture target, SourceFixture source) : IClassFixture<PostgresFixture>, IClassFixture<SourceFixture>
{
    private readonly CopySite _copy = new(target.ConnectionString, source.ConnectionString);

    [Fact]
    public async Task Tables_that_refer_to_themselves_and_to_each_other_are_filled_in_a_second_pass()
    {
        await using var site = await _copy.OpenAsync(
            """
            create table roads (id int primary key);
            create table people (id int primary key, boss int references people (id), road int not null references roads (id));
            create table homes (id int, part char(1), owner int not null references people (id), twin int, primary key (id, part), foreign key (twin, part) references homes (id, part));
            """,
            _copy.Step with { References = References.TwoPass });
        await _copy.SourceAsync(
            """
            insert into roads select n from generate_series(1, 100) n;
            insert into people select n, nullif(1001 - n, n), n % 100 + 1 from generate_series(1, 1000) n;
            update people set boss = null where id % 7 = 0;
            insert into homes select n, 'x', n, 501 - n from generate_series(1, 500) n;
            """);
        var keys = $"select string_agg(oid::text, ',' order by oid) from pg_constraint where connamespace = '{_copy.Schema}'::regnamespace and contype = 'f'";
        var before = await site.ScalarAsync<string>(keys);

        var effect = await site.DoAsync("copy");

        Assert.Equal(1_600, effect.Rows);
        Assert.Contains($"filled in a second pass: {_copy.Schema}.homes.twin, {_copy.Schema}.people.boss", effect.Note);
        Assert.Contains("stayed in force", effect.Note);
        Assert.Equal(before, await site.ScalarAsync<string>(keys));
        Assert.Equal("858 500", await site.ScalarAsync<string>(
            $"select (select count(*) from {_copy.Schema}.people where boss = 1001 - id) || ' ' || (select count(*) from {_copy.Schema}.homes where twin = 501 - id)"));
        Assert.Equal(Effect.Nothing, (await site.DoAsync("copy")).Effect);
    }

    [Fact]
    public async Task A_row_that_breaks_a_foreign_key_is_named_and_none_of_its_range_is_there()
    {
        await using var site = await _copy.OpenAsync(
            "create table a (id int primary key); create table b (id int primary key, a int references a (id))",
            _copy.Step with { References = References.TwoPass },
            "create table a (id int primary key); create table b (id int primary key, a int)");
        await _copy.SourceAsync("insert into a select generate_series(1, 100); insert into b select n, case n when 77 then 4711 else n end from generate_series(1, 100) n");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains($"{_copy.Schema}.b: the row with the key 77 cannot be copied: insert or update on table \"b\" violates foreign key constraint", refusal.Message);
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from {_copy.Schema}.b"));
    }

    [Theory]
    [InlineData("create table t (id int primary key, up int not null references t (id) deferrable initially deferred)", "is part of a circle and its columns may not be null")]
    [InlineData("create table t (id int unique, up int references t (id))", "has no primary key to find its rows by in a second pass")]
    public async Task What_no_second_pass_can_fill_is_refused(string tables, string sentence)
    {
        await using var site = await _copy.OpenAsync(tables, _copy.Step with { References = References.TwoPass });

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("copy"));

        Assert.Contains(sentence, refusal.Message);
        Assert.Contains("write 'references: defer'", refusal.Message);
    }
}
