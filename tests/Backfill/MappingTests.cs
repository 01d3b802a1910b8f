using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

public sealed class MappingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Contents = "select string_agg(concat_ws('/', id, coalesce(name, '-'), coalesce(score::text, '-')), ' ' order by id) from target";

    [Fact]
    public async Task Insert_writes_what_the_mapping_says()
    {
        await using var site = await PrepareAsync(Mapping(WriteMode.Insert), "truncate target");

        Assert.Equal(4, (await site.DoAsync("fill")).Rows);
        Assert.Equal("1/A/10 2/B/20 3/C/30 4/D/40", await site.ScalarAsync<string>(Contents));
    }

    [Fact]
    public async Task Upsert_changes_what_differs_and_adds_what_is_missing()
    {
        await using var site = await PrepareAsync(Mapping(WriteMode.Upsert), "select 1");

        Assert.Equal(3, (await site.DoAsync("fill")).Rows);
        Assert.Equal("1/A/10 2/B/20 3/C/30 4/D/40", await site.ScalarAsync<string>(Contents));
    }

    [Fact]
    public async Task Update_changes_what_differs_and_adds_nothing()
    {
        await using var site = await PrepareAsync(Mapping(WriteMode.Update), "select 1");

        Assert.Equal(2, (await site.DoAsync("fill")).Rows);
        Assert.Equal("1/A/10 2/B/20 3/C/30", await site.ScalarAsync<string>(Contents));
    }

    [Fact]
    public async Task Preserve_existing_fills_gaps_and_leaves_every_value_that_is_there()
    {
        await using var site = await PrepareAsync(Mapping(WriteMode.PreserveExisting), "select 1");

        Assert.Equal(3, (await site.DoAsync("fill")).Rows);
        Assert.Equal("1/A/10 2/mine/20 3/C/30 4/D/40", await site.ScalarAsync<string>(Contents));
    }

    [Theory]
    [InlineData(WriteMode.Update, "1/a/2 2/b/4 3/c/6 4/d/8", 4)]
    [InlineData(WriteMode.PreserveExisting, "1/a/2 2/b/-5 3/c/6 4/d/8", 3)]
    public async Task A_table_is_filled_in_place(WriteMode mode, string expected, int changed)
    {
        var into = Mapping(mode) with { Table = "source", Columns = [new("id", "id"), new("score", "id * 2")] };
        await using var site = await PrepareAsync(into, "select 1");

        Assert.Equal(changed, (await site.DoAsync("fill")).Rows);
        Assert.Equal(expected, await site.ScalarAsync<string>(Contents.Replace("target", "source", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Update)]
    [InlineData(WriteMode.PreserveExisting)]
    public async Task The_same_backfill_under_another_name_changes_zero_rows(WriteMode mode)
    {
        await using var site = await PrepareAsync(Mapping(mode), "select 1");
        await site.DoAsync("fill");
        await using var later = await OpenAsync(Mapping(mode));

        Assert.Equal((Effect.Nothing, 0L), Short(await site.DoAsync("fill")));
        Assert.Equal(0, (await later.DoAsync("fill")).Rows);
    }

    [Fact]
    public async Task A_condition_leaves_rows_out()
    {
        await using var site = await PrepareAsync(Mapping(WriteMode.Insert) with { Where = "id > 1" }, "truncate target");

        Assert.Equal(3, (await site.DoAsync("fill")).Rows);
    }

    private static (Effect, long) Short(StepEffect effect) => (effect.Effect, effect.Rows);

    private static RowMapping Mapping(WriteMode mode) => new()
    {
        Table = "target",
        Mode = mode,
        Key = ["id"],
        Columns = [new("id", "id"), new("name", "upper(name)"), new("score", "abs(coalesce(score, id * 10)) * case when id = 2 then 4 else 1 end")],
    };

    private Task<Worksite> OpenAsync(RowMapping into)
    {
        var step = Some.Backfill("fill", "", "truncate target", chunkRows: 2) with { Chunk = null, Into = into };
        return Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = $"plan-{Guid.NewGuid():N}" });
    }

    private async Task<Worksite> PrepareAsync(RowMapping into, string then)
    {
        var site = await OpenAsync(into);
        await site.ExecuteAsync(
            $"""
            drop table if exists source, target;
            create table source (id int primary key, name text, score int);
            insert into source values (1, 'a', null), (2, 'b', -5), (3, 'c', null), (4, 'd', null);
            create table target (id int primary key, name text, score int);
            insert into target values (1, 'A', 10), (2, 'mine', null), (3, null, 30);
            {then};
            """);
        return site;
    }
}
