using Dapper;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Workflows;

public sealed class TransferTests(Stage stage) : IClassFixture<Stage>
{
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task Lanes_work_off_a_table_and_the_batch_hears_how_many_rows()
    {
        var batch = await stage.StartBatchAsync(Plan("where {range}", rows: 5_000, chunkRows: 100));

        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
        Assert.Equal("5000/5000", await ScalarAsync($"select count(*) || '/' || count(distinct id) from {_name}"));
        Assert.Equal(5_000, (await batch.QueryAsync(b => b.Status)).Steps[0].Rows);
        Assert.Equal("true/5000", await ScalarAsync($"select (count(distinct range) >= 2) || '/' || sum(rows) from orchestrator.chunks where plan = '{_name}'"));
        var history = await stage.Client.GetWorkflowHandle($"{_name}/batch/fill").FetchHistoryAsync();
        Assert.InRange(history.Events.Count, 10, 60);
    }

    [Fact]
    public async Task What_is_tuned_takes_effect_while_it_runs()
    {
        var batch = await stage.StartBatchAsync(Plan("where {range} and pg_sleep(0.005) is not null", rows: 3_000, chunkRows: 10));
        var transfer = stage.Client.GetWorkflowHandle<TransferWorkflow, StepEffect>($"{_name}/batch/fill");
        await Eventually.EqualAsync(true, async () => await ScalarAsync($"select (count(*) > 0)::text from orchestrator.chunks where plan = '{_name}'") == "true");

        await batch.SignalAsync(b => b.TuneAsync(new Tuning { Who = "ada", Lanes = 99 }));
        await Eventually.EqualAsync("99 lanes are not from 1 to 16.", () => transfer.QueryAsync(t => t.Tuned));
        await batch.SignalAsync(b => b.TuneAsync(new Tuning { Who = "ada", Lanes = 4 }));
        await Eventually.EqualAsync("ada asked for 4 lanes", () => transfer.QueryAsync(t => t.Tuned));

        await Eventually.EqualAsync("4", () => ScalarAsync($"select count(distinct holder)::text from orchestrator.ranges where plan = '{_name}'"));
        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
        Assert.Equal("3000/3000", await ScalarAsync($"select count(*) || '/' || count(distinct id) from {_name}"));
        Assert.Equal(3_000, (await transfer.QueryAsync(t => t.Progress))!.Walked);
    }

    [Fact]
    public async Task One_lane_that_fails_stops_the_others_and_the_batch_takes_everything_back()
    {
        var batch = await stage.StartBatchAsync(Plan("where {range} and 1 / (id - 4321) is not null", rows: 5_000, chunkRows: 50));

        var outcome = await batch.GetResultAsync();

        Assert.Equal((Outcome.Undone, StopCause.StepFailed), (outcome.Outcome, outcome.Cause!.Value));
        Assert.Contains("the row with the key 4321 cannot be written: division by zero", outcome.Reason);
        Assert.Equal("0", await ScalarAsync($"select count(*)::text from {_name}"));
    }

    [Fact]
    public async Task New_ids_are_made_and_references_follow_them()
    {
        await using (var connection = new NpgsqlConnection(stage.Connection))
        {
            await connection.ExecuteAsync(
                $"""
                create table {_name} (id int primary key);
                insert into {_name} select generate_series(1, 300);
                create table {_name}_orders (id bigint primary key, customer int, customer_uuid uuid);
                insert into {_name}_orders select n, 1 + n % 300 from generate_series(1, 900) as n;
                insert into {_name}_orders values (901, 4711);
                """);
        }

        var ids = new IdMapStep { Id = "ids", Title = "Ids", Database = "db", Undo = [], Table = _name, Key = "id", Name = _name, Namespace = Some.Namespace };
        var links = new RelinkStep
        {
            Id = "links",
            Title = "Links",
            Database = "db",
            Undo = [new SqlScript("undo.sql", $"update {_name}_orders set customer_uuid = null")],
            Table = $"{_name}_orders",
            Key = ["id"],
            Links = [new Relink("customer", "customer_uuid", _name)],
        };

        var batch = await stage.StartBatchAsync(Some.Plan(ids, links) with { Name = _name });

        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
        Assert.Equal("900/901", await ScalarAsync(
            $"select count(*) filter (where o.customer_uuid = m.new_id) || '/' || count(*) from {_name}_orders o left join {_name}_id_map m on m.old_key = o.customer"));
        Assert.Equal([300L, 900L], (await batch.QueryAsync(b => b.Status)).Steps.Select(s => s.Rows));
        Assert.Equal("unmapped_reference 4711", await ScalarAsync($"select reason || ' ' || key from orchestrator.unmapped where plan = '{_name}'"));
    }

    private MigrationPlan Plan(string where, int rows, int chunkRows)
    {
        using var connection = new NpgsqlConnection(stage.Connection);
        connection.Execute($"create table {_name} (id int); create table {_name}_source (id int primary key); insert into {_name}_source select generate_series(1, {rows})");
        var fill = Some.Backfill("fill", $"insert into {_name} select id from {_name}_source {where}", $"truncate {_name}", chunkRows) with
        {
            Table = $"{_name}_source",
            Pace = new TransferPace { Lanes = 2 },
        };
        return Some.Plan(fill) with { Name = _name };
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<string>(sql);
    }
}
