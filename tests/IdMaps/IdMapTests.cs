using Orchestrator.Activities;
using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.IdMaps;

public sealed class IdMapTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _table = $"t{Guid.NewGuid():N}";

    [Theory]
    [InlineData("smallint", "n", "1")]
    [InlineData("integer", "n", "1")]
    [InlineData("bigint", "n", "1")]
    [InlineData("text", "n::text", "1")]
    [InlineData("varchar(20)", "n::text", "1")]
    public async Task A_key_gets_the_same_id_whatever_type_it_has(string type, string value, string key)
    {
        await using var site = await PrepareAsync(type, value, rows: 2_000);

        var done = await site.DoAsync("ids");

        Assert.Equal((Effect.Changed, 2_000), (done.Effect, done.Rows));
        Assert.Equal("3c9aa80c-1573-55d9-b141-072168638352", await site.ScalarAsync<string>($"select new_id::text from {_table}_id_map where old_key = '{key}'"));
        Assert.Equal("2000/2000", await site.ScalarAsync<string>($"select count(*) || '/' || count(distinct new_id) from {_table}_id_map"));
    }

    [Fact]
    public async Task Taken_back_and_made_again_the_ids_are_the_same()
    {
        await using var site = await PrepareAsync("uuid", "md5(n::text)::uuid", rows: 500);
        var contents = $"select md5(string_agg(old_key::text || new_id::text, ',' order by old_key)) from {_table}_id_map";

        await site.DoAsync("ids");
        var first = await site.ScalarAsync<string>(contents);
        Assert.Equal(Effect.Changed, (await site.UndoAsync("ids")).Effect);
        Assert.False(await site.ScalarAsync<bool>($"select to_regclass('{_table}_id_map') is not null"));
        await site.DoAsync("ids");

        Assert.Equal(first, await site.ScalarAsync<string>(contents));
    }

    [Fact]
    public async Task A_rerun_changes_nothing_and_adds_keys_that_came_since()
    {
        await using var site = await PrepareAsync("text", "'k' || n", rows: 300);
        await site.DoAsync("ids");

        var again = await site.DoAsync("ids");
        await site.ExecuteAsync($"insert into {_table} values ('a first one'), ('k150 and a half')");
        var third = await site.DoAsync("ids");

        Assert.Equal((Effect.Nothing, 0), (again.Effect, again.Rows));
        Assert.Equal((Effect.Changed, 2), (third.Effect, third.Rows));
        Assert.Equal(302, await site.ScalarAsync<long>($"select count(*) from {_table}_id_map"));
    }

    [Fact]
    public async Task A_key_whose_id_belongs_to_another_key_is_refused_and_named()
    {
        await using var site = await PrepareAsync("integer", "n", rows: 300);
        var found = await site.FindAsync("ids");
        var activities = new TransferActivities(site.Sites, TimeProvider.System);
        var opening = await TransferActivities.OpenAsync(found, await activities.OfAsync(found, default), default);
        Assert.Null(opening.Settled);
        // The id of 42, given to a key that no row has.
        await site.ExecuteAsync($"insert into {_table}_id_map values (-1, '036df5be-6afd-5c4c-ad8a-4538313dc95a')");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("ids"));

        Assert.Contains("the row with the key 42 cannot be written: duplicate key value violates unique constraint", refusal.Message);
    }

    [Fact]
    public async Task A_table_that_somebody_else_made_is_neither_filled_nor_dropped()
    {
        await using var site = await PrepareAsync("integer", "n", rows: 10);
        await site.ExecuteAsync($"create table {_table}_id_map (old_key int primary key, new_id uuid)");

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("ids"));
        var undone = await site.UndoAsync("ids");

        Assert.Contains("is there already, and step batch.ids did not make it", refusal.Message);
        Assert.Equal(Effect.Nothing, undone.Effect);
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from {_table}_id_map"));
    }

    [Fact]
    public async Task Keys_that_are_written_in_more_than_one_way_are_refused()
    {
        await using var site = await PrepareAsync("numeric", "n", rows: 10);

        Assert.Contains("is of type numeric", (await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("ids"))).Message);
    }

    private async Task<Worksite> PrepareAsync(string type, string value, int rows)
    {
        var step = new IdMapStep { Id = "ids", Title = "Ids", Database = "db", Undo = [], Table = _table, Key = "id", Name = _table, Namespace = Some.Namespace };
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync($"create table {_table} (id {type} primary key); insert into {_table} select {value} from generate_series(1, {rows}) as n");
        return site;
    }
}
