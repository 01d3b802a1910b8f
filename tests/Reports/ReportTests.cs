using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Compare;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Reports;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Reports;

public sealed class ReportTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTime At = new(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Utc);
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task A_report_is_in_the_ledger_by_its_digest_and_a_second_attempt_gives_the_same()
    {
        await using var site = await OpenAsync();
        await MeasureAsync(site);

        var first = await ReportAsync(site, At);
        var second = await ReportAsync(site, At);

        Assert.Equal(first, second);
        Assert.Equal(["html", "json", "md"], first.Select(a => a.Path.Split('.')[^1]));
        Assert.All(first, artifact => Assert.StartsWith("recon/batch/20260304T050607.089Z.", artifact.Path));
        Assert.Equal(first.Select(a => a.Digest), (await RowsAsync(site)).Select(PlanCanon.DigestOf));
        Assert.Equal(1, await site.ScalarAsync<long>($"select count(*) from orchestrator.entries where kind = 'artifacts-written' and run_id = '{site.Run.Run}'"));
    }

    [Fact]
    public async Task A_report_tells_what_the_run_before_and_the_rehearsal_measured()
    {
        await using (var here = await OpenAsync())
        {
            var clone = Databases.CloneName(here.Plan, "test+r1", "db");
            await here.ExecuteAsync($"create table {_name} as select 1 as n");
            await here.ExecuteAsync($"create database {clone}");
            await using var rehearsal = await OpenAsync("test+r1");
            await using (var there = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = clone, Pooling = false }.ConnectionString))
            {
                await there.ExecuteAsync($"create table {_name} as select 1 as n");
            }

            await MeasureAsync(rehearsal);
        }

        await using (var before = await OpenAsync())
        {
            await before.ExecuteAsync($"insert into {_name} values (2), (3)");
            await MeasureAsync(before);
        }

        await using var site = await OpenAsync();
        await site.ExecuteAsync($"insert into {_name} values (4)");
        await MeasureAsync(site);
        await ReportAsync(site, At);

        var check = JsonNode.Parse((await RowsAsync(site))[1])!["batches"]![0]!["checks"]![0]!;
        Assert.Equal("4", check["measured"]!.GetValue<string>());
        Assert.Equal(("3", 1m), (check["previous"]!["measured"]!.GetValue<string>(), check["previous"]!["delta"]!.GetValue<decimal>()));
        Assert.Equal(("1", 3m), (check["rehearsal"]!["measured"]!.GetValue<string>(), check["rehearsal"]!["delta"]!.GetValue<decimal>()));
    }

    [Fact]
    public async Task A_report_that_was_written_cannot_be_changed()
    {
        await using var site = await OpenAsync();
        await MeasureAsync(site);
        await ReportAsync(site, At);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => site.ExecuteAsync("update orchestrator.artifacts set content = 'all is well'"));

        Assert.Contains("append-only", refused.MessageText);
    }

    private Task<Worksite> OpenAsync(string environment = "test")
    {
        var plan = Some.Plan() with { Name = _name };
        return Worksite.OpenAsync(postgres.ConnectionString, plan with
        {
            Batches = [plan.Batches[0] with { Postchecks = [Some.Check("rows", $"select count(*) from {_name}", "= 0", Severity.Warn)] }],
        }, environment);
    }

    private static async Task MeasureAsync(Worksite site)
    {
        var (published, _) = await site.Sites.ReadPlanAsync(site.Run.Plan, default);
        var run = new RunRow(site.Run.Run, site.Run.Plan, site.Run.Environment, site.Run.Requester);
        await Runs.OpenAsync(await site.Databases.LedgerAsync(default), run, published, default);
        await new CheckActivities(site.Sites, site.Databases, TimeProvider.System).MeasureAsync(new CheckRound(site.Batch, CheckMoment.Postcheck), CompareJournal.Unread(), default);
    }

    private static Task<IReadOnlyList<Artifact>> ReportAsync(Worksite site, DateTime at) =>
        new ReportActivities(site.Sites, site.Databases).ReportAsync(new ReportRequest(site.Run, site.Batch.Batch, at), default);

    private static async Task<IReadOnlyList<string>> RowsAsync(Worksite site)
    {
        await using var connection = await site.Database.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>("select content from orchestrator.artifacts where run_id = @Run order by path", new { site.Run.Run })];
    }
}
