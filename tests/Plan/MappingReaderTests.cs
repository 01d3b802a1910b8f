using Orchestrator.Cli.Plans;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plan;

public sealed class MappingReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plan-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Steps_that_map_are_read_whole_and_keep_their_form()
    {
        var reading = Read(
            "{ id: ids, kind: idmap, table: customers, key: id, name: crm.customers, namespace: 7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b, pace: { lanes: 2 } }",
            "{ id: links, kind: relink, table: orders, key: id, links: [{ from: customer_id, into: customer_uuid, map: customers }], undo: u.sql }",
            "{ id: match, kind: match, table: old, key: id, where: not deleted, invalid: name is null, target: { table: new, key: id }, bridge: bridge, by: [{ name: email, source: email, target: [mail], normalise: [trim, lower] }] }");

        Assert.Empty(reading.Faults);
        var steps = reading.Plan!.Batches[0].Steps;
        Assert.Equal("customers_id_map", IdMapStep.TableOf(((IdMapStep)steps[0]).Name)!.Name);
        Assert.Equal(new Relink("customer_id", "customer_uuid", "customers"), ((RelinkStep)steps[1]).Links[0]);
        Assert.Equal([Normalisation.Lower, Normalisation.Trim], ((MatchStep)steps[2]).By[0].Normalise);
        Assert.Equal(PlanCanon.Write(reading.Plan), PlanCanon.Write(PlanCanon.Read(PlanCanon.Write(reading.Plan))));
    }

    [Theory]
    [InlineData("{ id: a, kind: idmap, table: t, key: id, name: t, namespace: mine }", "'mine' is not a uuid.")]
    [InlineData("{ id: a, kind: idmap, table: t, key: id, name: t, namespace: 7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b, undo: u.sql }", "takes itself back")]
    [InlineData("{ id: a, kind: relink, table: t, key: id, links: [], undo: u.sql }", "at least one link")]
    [InlineData("{ id: a, kind: relink, table: t, key: id, links: [{ from: x, into: id, map: t }], undo: u.sql }", "cannot be written by it")]
    [InlineData("{ id: a, kind: match, table: t, key: id, target: { table: n, key: id }, bridge: b, by: [{ name: x, source: [a, b], target: c }] }", "compares 2 expressions of the source with 1")]
    [InlineData("{ id: a, kind: match, table: t, key: id, target: { table: n, key: id }, bridge: b, by: [{ name: x, source: a, target: c, normalise: [lowre] }] }", "'lowre' is none of")]
    [InlineData("{ id: a, kind: match, table: t, key: id, target: { table: n, key: id }, bridge: b, by: [{ name: x, source: a); drop table t; --, target: c }] }", "is not one SQL expression")]
    public void A_step_that_cannot_map_says_why(string step, string message) =>
        Assert.Contains(Read(step).Faults, f => f.Message.Contains(message, StringComparison.Ordinal));

    private PlanReading Read(params string[] steps)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "u.sql"), "select 1;");
        File.WriteAllText(
            Path.Combine(_folder.FullName, "plan.yaml"),
            $$"""
            plan: maps
            databases: [db]
            environments: { local: embedded }
            batches:
              - id: one
                owner: ada
                steps:
                  - {{string.Join("\n      - ", steps)}}
            """);
        return PlanFolder.Read(_folder.FullName);
    }
}
