using Dapper;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Copy;
using Orchestrator.Cli.Plans;
using Orchestrator.Tests.Copying;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plans;

public sealed class MuvaTenantsTests(PostgresFixture target, SourceFixture source) : IClassFixture<PostgresFixture>, IClassFixture<SourceFixture>
{
    [Fact]
    public async Task Every_batch_passes_its_checks_and_comes_back_without_a_trace()
    {
        var plan = Read();
        foreach (var batch in plan.Batches)
        {
            await using var site = await OpenAsync(plan, batch);
            foreach (var step in batch.Steps)
            {
                await site.DoAsync(step.Id);
            }

            var results = await new CheckRunner(new CheckSite(site.Plan, site.Run, site.Databases, TimeProvider.System)).MeasureAsync(batch.Postchecks, default);
            Assert.All(results, r => Assert.True(r.Measurement.Verdict == Verdict.Pass, $"{r.Check.Id}: {r.Measurement}"));
        }

        Assert.Equal(["0: 9", "1: 8", "2: 4", "3: 6", "4: 8", "5: 3"], await DepthsAsync());
        foreach (var batch in plan.Batches.Reverse())
        {
            await using var site = await OpenAsync(plan, batch);
            foreach (var step in batch.Steps.Reverse())
            {
                await site.UndoAsync(step.Id);
            }
        }

        Assert.Equal(0, await TablesAsync(target.ConnectionString));
        Assert.Equal(0, await TablesAsync(source.ConnectionString));
    }

    // The document puts nine tables at depth 0 and the deepest at 5, which is what the catalog says too.
    private async Task<IReadOnlyList<string>> DepthsAsync()
    {
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync();
        var catalog = new CopyCatalog(connection);
        var copy = (CopyStep)Read().Batches[^1].Steps[0];
        var tables = await catalog.ReadAsync(copy, default);
        var places = TableOrder.Sort(tables.Select(t => t.FullName), (await catalog.ForeignKeysAsync(tables, default)).Select(k => new Orchestrator.Activities.Copy.Reference(k.From, k.To)));
        Assert.Equal(2, places.Count(p => p.RefersToItself));
        return [.. places.GroupBy(p => p.Depth).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}")];
    }

    private Task<Worksite> OpenAsync(MigrationPlan plan, Batch batch) =>
        Worksite.OpenAsync(target.ConnectionString, plan with { Batches = [batch with { Needs = [] }] }, source: source.ConnectionString);

    private static MigrationPlan Read()
    {
        var reading = PlanFolder.Read(Path.Combine(SourceTree.Root, "plans/muva-tenants"));
        Assert.Empty(reading.Faults);
        return reading.Plan! with { Environments = [new PlanEnvironment("test", [new DatabaseBinding("old", Worksite.SourceVariable), new DatabaseBinding("new", "DB")])] };
    }

    private static async Task<long> TablesAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        return await connection.ExecuteScalarAsync<long>("select count(*) from information_schema.tables where table_schema = 'public'");
    }
}
