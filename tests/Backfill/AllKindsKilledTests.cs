using System.Diagnostics;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Backfill;

/// <summary>
/// A backfill that adds rows, one that changes them where they are, a copy and a comparison, side by side, while worker, Temporal service and
/// PostgreSQL are killed in turns at any moment. <c>TRANSFER_KILLS=100</c> is a million rows each.
/// </summary>
[TakesSeconds(34)]
public sealed class AllKindsKilledTests
{
    private const int ChunkRows = 500;
    private const int Lanes = 2;

    // PostgreSQL writes a sequence ahead by so many numbers; a crash skips them.
    private const int SkippedNumbers = 32;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("TRANSFER_KILLS"), out var kills) ? kills : 3;
    private static readonly int Rows = Kills * (Kills < 10 ? 6_000 : 10_000);
    private static readonly int Tables = Math.Max(5, Kills / 2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3) + (Kills * TimeSpan.FromSeconds(40));

    // So slow that rows are still moving when the last kill comes.
    private static readonly TransferPace Pace = new() { Lanes = Lanes, RowsPerSecond = 4_000 };

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    [Fact]
    public async Task Whatever_is_killed_the_rows_are_those_of_a_run_that_nobody_disturbed()
    {
        await using var stack = await KillableStack.StartAsync();
        await PrepareAsync(stack);
        var client = await stack.ConnectAsync();
        var digest = await PublishAsync(stack);
        var batches = new List<WorkflowHandle<BatchWorkflow, BatchOutcome>>();
        foreach (var batch in Plan().Batches)
        {
            var input = new BatchInput { Plan = digest, Environment = "test", Batch = batch.Id, Requester = "requester" };
            batches.Add(await client.StartWorkflowAsync((BatchWorkflow b) => b.RunAsync(input), new WorkflowOptions($"kills/{batch.Id}", WorkflowIds.TaskQueue)));
        }

        var killed = await KillAsync(stack, client);
        foreach (var batch in batches)
        {
            Assert.Equal(new BatchOutcome(Outcome.Done, null, null), await ResultAsync(batch));
        }

        await AssertUndisturbedAsync(stack, killed);
        Assert.Matches(
            $"^{Rows:N0} rows alike, seen at [0-9]+ moments",
            await stack.ScalarAsync<string>("select measured from orchestrator.checks where check_id = 'same'"));
    }

    private static async Task PrepareAsync(KillableStack stack)
    {
        const string RowSql = "select n as id, n as rank, md5(n::text) as name";
        await stack.ExecuteAsync(
            stack.Target,
            $"""
            create table origin as {RowSql} from generate_series(1, {Rows}) n;
            alter table origin add primary key (id);
            create table twin as select * from origin;
            alter table twin add primary key (id);
            create table amended as select * from origin;
            alter table amended add primary key (id);
            create sequence filled_tries;
            create sequence copied_tries;
            -- Counts every row that was ever written, those that a kill took back included: a sequence is not rolled back.
            create table filled (id int primary key, rank int, name text, try bigint not null default nextval('filled_tries'));
            create schema copied;
            """);
        await stack.ExecuteAsync(stack.Source, "create schema copied");
        for (var table = 0; table < Tables; table++)
        {
            var referenceSql = table == 0 ? "" : $", foreign key (id) references copied.t{table - 1} (id)";
            await stack.ExecuteAsync(stack.Target, $"create table copied.t{table} (id int primary key, rank int, name text, try bigint not null default nextval('copied_tries'){referenceSql})");
            await stack.ExecuteAsync(stack.Source, $"create table copied.t{table} as {RowSql} from generate_series(1, {Rows / Tables}) n; alter table copied.t{table} add primary key (id); analyze copied.t{table}");
        }

        await stack.ExecuteAsync(stack.Target, "analyze origin; analyze amended; analyze twin");
    }

    private async Task<IReadOnlyDictionary<Victim, int>> KillAsync(KillableStack stack, ITemporalClient client)
    {
        var random = new Random(7);
        var killed = Enum.GetValues<Victim>().ToDictionary(v => v, _ => 0);
        await ComparingAsync(client);
        var seen = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            seen = await MovedAsync(stack, seen);
            // Somewhere in the middle of something, which is the point of it.
            await Task.Delay(random.Next(500));
            var victim = (Victim)(kill % killed.Count);
            await stack.KillAsync(victim);
            killed[victim]++;
        }

        return killed;
    }

    /// <summary>Waits until Temporal knows of a part that the comparison has behind it: what a worker has not told yet is lost with it.</summary>
    private async Task ComparingAsync(ITemporalClient client)
    {
        while (!(await client.GetWorkflowHandle("kills/compare").DescribeAsync()).RawDescription.PendingActivities.Any(a => a.HeartbeatDetails?.Payloads_.Count > 0))
        {
            Assert.True(_elapsed.Elapsed < Patience, $"Nothing was compared within {Patience}.");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until rows move again.</summary>
    private async Task<long> MovedAsync(KillableStack stack, long seen)
    {
        while (true)
        {
            var moved = await stack.ScalarAsync<long>("select coalesce(sum(walked), 0)::bigint from orchestrator.ranges");
            var open = await stack.ScalarAsync<long>("select count(*) from orchestrator.ranges where state = 'open'");
            if (moved > seen && open > 0)
            {
                return moved;
            }

            Assert.False(seen > 0 && open == 0, $"All rows had moved before all {Kills} kills.");
            Assert.True(_elapsed.Elapsed < Patience, $"No row moved beyond {seen} within {Patience}.");
            await Task.Delay(50);
        }
    }

    private async Task<BatchOutcome> ResultAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch)
    {
        while (true)
        {
            try
            {
                return await batch.GetResultAsync().WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (Exception e) when (e is RpcException or TimeoutException)
            {
                Assert.True(_elapsed.Elapsed < Patience, $"{batch.Id} has not ended within {Patience}: {e.Message}");
            }
        }
    }

    private static async Task AssertUndisturbedAsync(KillableStack stack, IReadOnlyDictionary<Victim, int> killed)
    {
        var copiedSql = string.Join(" union all ", Enumerable.Range(0, Tables).Select(t => $"select {t} as place, id, rank, name from copied.t{t}"));
        Assert.Equal(await SumAsync("select id, rank + 1, name from origin"), await SumAsync("select id, rank, name from amended"));
        Assert.Equal(await SumAsync("select id, rank, name from origin"), await SumAsync("select id, rank, name from filled"));
        Assert.Equal(
            await SumAsync($"select t, n, n, md5(n::text) from generate_series(0, {Tables - 1}) t, generate_series(1, {Rows / Tables}) n"),
            await SumAsync(copiedSql));
        Assert.Equal(0, await stack.ScalarAsync<long>("select count(*) from orchestrator.quarantine"));
        Assert.Equal(Tables - 1, await stack.ScalarAsync<long>("select count(*) from pg_constraint where contype = 'f' and connamespace = 'copied'::regnamespace and convalidated"));
        var all = killed.Values.Sum();
        var skipped = killed[Victim.Database] * SkippedNumbers;
        Assert.InRange(await stack.ScalarAsync<long>($"select last_value - {Rows} from filled_tries"), 0, (all * Lanes * ChunkRows) + skipped);
        Assert.InRange(await stack.ScalarAsync<long>($"select last_value - {Rows / Tables * Tables} from copied_tries"), 0, (all * Lanes * (Rows / Tables)) + skipped);

        async Task<string?> SumAsync(string rowsSql) => await stack.ScalarAsync<string>(
            $"select count(*) || ' ' || sum(hash) || ' ' || bit_xor(hash) from (select hash_record_extended(row(r.*), 0) as hash from ({rowsSql}) r) s");
    }

    private static async Task<string> PublishAsync(KillableStack stack)
    {
        await using var ledger = NpgsqlDataSource.Create(stack.Target);
        await LedgerSchema.EnsureAsync(ledger, default);
        return await PublishedPlans.PublishAsync(ledger, Plan(), default);
    }

    private static MigrationPlan Plan() => Some.Plan() with
    {
        Name = "kills",
        Databases = ["db", "old"],
        Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", KillableStack.TargetVariable), new DatabaseBinding("old", KillableStack.SourceVariable)])],
        Batches =
        [
            Some.Batch(Fill("fill", "filled", WriteMode.Insert, "rank")) with { Id = "fill" },
            Some.Batch(Fill("amend", "amended", WriteMode.Update, "rank + 1") with { Table = "amended" }) with { Id = "amend" },
            Some.Batch(Copy()) with { Id = "copy" },
            Some.Batch(Some.Sql("compared", "select 1", "select 1")) with { Id = "compare", Prechecks = [Compare()] },
        ],
    };

    private static BackfillStep Fill(string id, string table, WriteMode mode, string rank) => new()
    {
        Id = id,
        Title = id,
        Database = "db",
        Table = "origin",
        Key = ["id"],
        Into = new RowMapping
        {
            Table = table,
            Mode = mode,
            Key = mode == WriteMode.Insert ? [] : ["id"],
            Columns = [new("id", "id"), new("rank", rank), new("name", "name")],
        },
        ChunkRows = ChunkRows,
        Pace = Pace,
        Undo = [new SqlScript($"{id}.sql", "select 1")],
    };

    /// <summary>Half a second for each of its parts.</summary>
    private static SameContentCheck Compare() => new()
    {
        Head = new("same", "same", "db", Severity.HardStop),
        Table = "origin",
        Where = "(select pg_sleep(0.5)) is not null",
        Other = new RowSet { Database = "db", Table = "twin" },
    };

    private static CopyStep Copy() => new()
    {
        Id = "copy",
        Title = "copy",
        Database = "db",
        From = "old",
        Tables = ["copied.*"],
        Pace = Pace,
        Undo = [new SqlScript("copy.sql", "select 1")],
    };
}
