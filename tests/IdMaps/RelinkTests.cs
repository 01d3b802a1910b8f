using Orchestrator.Activities;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.IdMaps;

public sealed class RelinkTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _name = $"t{Guid.NewGuid():N}";

    private string Queue => $"select coalesce(string_agg(key || ' ' || rows || ' ' || state, ', ' order by key), '') from orchestrator.unmapped where plan = '{_name}'";

    [Fact]
    public async Task References_follow_their_map_and_what_has_no_new_id_is_asked_about()
    {
        await using var site = await PrepareAsync();

        var done = await site.DoAsync("links");

        Assert.Equal((Effect.Changed, 90), (done.Effect, done.Rows));
        Assert.Contains("2 references without a new id, 8 rows in the unmapped queue: 12, 11", done.Note);
        Assert.Equal("11 3 open, 12 5 open", await site.ScalarAsync<string>(Queue));
        Assert.Equal("90/0/2", await site.ScalarAsync<string>(
            $"""
            select count(o.customer_uuid) || '/' || count(*) filter (where o.customer_uuid is distinct from m.new_id and m.new_id is not null) || '/' || count(*) filter (where o.customer_id is null)
            from {_name}_orders o left join {_name}_id_map m on m.old_key = o.customer_id
            """));
    }

    [Fact]
    public async Task A_rerun_changes_nothing_until_the_map_knows_more_or_a_person_has_answered()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("links");

        var again = await site.DoAsync("links");
        await site.ExecuteAsync($"insert into {_name}_id_map values (11, gen_random_uuid())");
        var mapped = await site.DoAsync("links");
        await site.ExecuteAsync(
            $"""
            update orchestrator.unmapped set state = 'resolved', who = 'ada', why = 'merged', target = (select new_id::text from {_name}_id_map where old_key = 1)
            where plan = '{_name}' and key = '12'
            """);
        var answered = await site.DoAsync("links");
        var last = await site.DoAsync("links");

        Assert.Equal((Effect.Nothing, 0), (again.Effect, again.Rows));
        Assert.Equal((Effect.Changed, 3), (mapped.Effect, mapped.Rows));
        Assert.Equal((Effect.Changed, 5), (answered.Effect, answered.Rows));
        Assert.Equal((Effect.Nothing, 0), (last.Effect, last.Rows));
        Assert.Equal("11 3 settled, 12 5 settled", await site.ScalarAsync<string>(Queue));
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from {_name}_orders where customer_id is not null and customer_uuid is null"));
    }

    [Fact]
    public async Task What_people_have_answered_outlives_an_undo()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("links");
        await site.ExecuteAsync(
            $"""
            update orchestrator.unmapped set state = 'resolved', who = 'ada', why = 'merged', target = (select new_id::text from {_name}_id_map where old_key = 1) where plan = '{_name}' and key = '12';
            update orchestrator.unmapped set state = 'closed', who = 'ada', why = 'test data' where plan = '{_name}' and key = '11';
            """);
        await site.DoAsync("links");

        await site.UndoAsync("links");
        Assert.Equal("11 3 closed, 12 5 resolved", await site.ScalarAsync<string>(Queue));
        var done = await site.DoAsync("links");

        Assert.Contains("every reference has its new id or an answer; 5 rows by people's answers", done.Note);
        Assert.Equal("11 3 closed, 12 5 settled", await site.ScalarAsync<string>(Queue));
        Assert.Equal(95, await site.ScalarAsync<long>($"select count(customer_uuid) from {_name}_orders"));
    }

    [Fact]
    public async Task A_column_of_another_type_or_a_map_that_is_not_there_is_refused_before_anything_is_written()
    {
        await using var site = await PrepareAsync(new Relink("customer_id", "note", "nowhere"));

        var refusal = await Assert.ThrowsAsync<StatementException>(() => site.DoAsync("links"));

        Assert.Contains("relation \"nowhere_id_map\" does not exist", refusal.Message);
    }

    [Fact]
    public async Task A_reference_with_fractions_is_refused_because_no_index_of_the_map_answers_for_it()
    {
        await using var site = await PrepareAsync();
        await site.ExecuteAsync($"alter table {_name}_orders alter column customer_id type numeric(20)");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("links"));

        Assert.Contains("customer_id is numeric(20,0)", refusal.Message);
    }

    private async Task<Worksite> PrepareAsync(Relink? link = null)
    {
        var step = new RelinkStep
        {
            Id = "links",
            Title = "Links",
            Database = "db",
            Undo = [new SqlScript("undo.sql", $"update {_name}_orders set customer_uuid = null")],
            Table = $"{_name}_orders",
            Key = ["id"],
            Links = [link ?? new Relink("customer_id", "customer_uuid", _name)],
        };
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = _name });
        await site.ExecuteAsync(
            $"""
            create table {_name}_id_map (old_key bigint primary key, new_id uuid not null unique);
            insert into {_name}_id_map select n, md5(n::text)::uuid from generate_series(1, 10) as n;
            create table {_name}_orders (id int primary key, customer_id int, customer_uuid uuid, note int);
            insert into {_name}_orders select n, case when n <= 90 then 1 + n % 10 when n <= 93 then 11 when n <= 98 then 12 end from generate_series(1, 100) as n;
            """);
        return site;
    }
}
