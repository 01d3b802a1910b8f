using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Copying;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Backfill;

/// <summary>
/// Sessions of two lanes are killed in the middle of their work, again and again; whoever is hit tries again, as the retry policy
/// would have it. <c>TRANSFER_KILLS</c> makes it longer.
/// </summary>
public sealed class TransferKillTests(PostgresFixture target, SourceFixture source) : IClassFixture<PostgresFixture>, IClassFixture<SourceFixture>
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("TRANSFER_KILLS"), out var kills) ? kills : 12;

    private readonly string _name = $"k{Guid.NewGuid():N}";
    private int _killed;

    [Fact]
    public async Task A_backfill_loses_no_row_and_doubles_none()
    {
        var rows = Kills * 500;
        var step = Some.Backfill("move", $"insert into {_name}_b select id, md5(id::text) from {_name}_a where {{range}}", "select 1", chunkRows: 50) with
        {
            Table = $"{_name}_a",
            Pace = new TransferPace { Lanes = 2 },
        };
        await using var site = await OpenAsync(step);
        await site.ExecuteAsync($"create table {_name}_a (id int primary key); insert into {_name}_a select generate_series(1, {rows}); create table {_name}_b (id int, sum text)");

        await RunAsync(site, target.ConnectionString);

        // Two lanes that strike at once may strike once more.
        Assert.InRange(_killed, Kills, Kills + 1);
        Assert.Equal($"{rows}/{rows}/{rows}", await site.ScalarAsync<string>(
            $"select count(*) || '/' || count(distinct id) || '/' || (select sum(rows) from orchestrator.chunks where plan = '{_name}') from {_name}_b where sum = md5(id::text)"));
        Assert.Equal(0, await site.ScalarAsync<long>("select count(*) from orchestrator.quarantine"));
    }

    [Fact]
    public async Task A_copy_loses_no_row_and_doubles_none_and_says_how_many_moments_it_shows()
    {
        var step = new CopyStep
        {
            Id = "move",
            Title = "move",
            Database = "db",
            From = "old",
            Tables = [$"{_name}.*"],
            Undo = [new SqlScript("undo.sql", "select 1")],
            Pace = new TransferPace { Lanes = 2 },
        };
        await using var site = await OpenAsync(step);
        var tables = string.Concat(Enumerable.Range(0, Kills + 4).Select(i =>
            $"create table {_name}.t{i} (id int primary key, parent int {(i == 0 ? "" : $"references {_name}.t{i - 1} (id)")});"));
        await site.ExecuteAsync($"create schema {_name}; {tables}");
        await using (var connection = new NpgsqlConnection(source.ConnectionString))
        {
            await connection.ExecuteAsync($"create schema {_name}; {tables}");
            await connection.ExecuteAsync(string.Concat(Enumerable.Range(0, Kills + 4).Select(i => $"insert into {_name}.t{i} select n, n from generate_series(1, 100) n;")));
        }

        var effect = await RunAsync(site, source.ConnectionString);

        Assert.Equal((Kills + 4) * 100, effect.Rows);
        Assert.Contains("moment", effect.Note);
        Assert.Equal(0, await site.ScalarAsync<long>($"select count(*) from pg_constraint where connamespace = '{_name}'::regnamespace and not convalidated"));
        Assert.Equal(Kills + 3, await site.ScalarAsync<long>($"select count(*) from pg_constraint where connamespace = '{_name}'::regnamespace and contype = 'f'"));
    }

    private async Task<StepEffect> RunAsync(Worksite site, string victims)
    {
        await using var activities = new TransferActivities(site.Sites, TimeProvider.System);
        var found = await site.FindAsync("move");
        var transfer = await AgainAsync(() => activities.OfAsync(found, default));
        var opening = await AgainAsync(() => TransferActivities.OpenAsync(found, transfer, default));
        await Task.WhenAll(Enumerable.Range(1, 2).Select(lane => WorkAsync(activities, found, transfer, Lane(site, opening, lane), victims)));
        return await AgainAsync(() => TransferActivities.FinishAsync(found, transfer, opening, default));
    }

    private Task<LaneReport> WorkAsync(TransferActivities activities, StepSite found, ITransfer transfer, LaneReference lane, string victims)
    {
        var chunks = 0;
        return AgainAsync(() => activities.RunLaneAsync(
            found,
            transfer,
            lane,
            _ =>
            {
                if (++chunks % 3 == 0)
                {
                    Kill(victims);
                }
            },
            default));
    }

    // In a callback that cannot wait, from a session that is none of the victims.
    private void Kill(string database)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, ApplicationName = "killer" }.ConnectionString);
        var hit = _killed < Kills && connection.ExecuteScalar<bool>(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'orchestrator' order by state = 'idle', random() limit 1");
        Interlocked.Add(ref _killed, hit ? 1 : 0);
    }

    private static async Task<T> AgainAsync<T>(Func<Task<T>> act)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await act();
            }
            catch (Exception e) when (tries < 10 * Kills && (e is NpgsqlException || e.InnerException is NpgsqlException))
            {
                // What the retry policy does, without its pauses.
            }
        }
    }

    private static LaneReference Lane(Worksite site, TransferOpening opening, int lane) =>
        new(new StepReference(site.Batch, "move"), opening, lane, TimeSpan.FromMinutes(2));

    private Task<Worksite> OpenAsync(Step step)
    {
        var plan = Some.Plan(step) with
        {
            Name = _name,
            Databases = ["db", "old"],
            Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB"), new DatabaseBinding("old", Worksite.SourceVariable)])],
        };
        return Worksite.OpenAsync(target.ConnectionString, plan, source: source.ConnectionString);
    }
}
