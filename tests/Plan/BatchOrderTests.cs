using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plan;

public sealed class BatchOrderTests
{
    [Theory]
    [InlineData("a b c", "", "a b c")]
    [InlineData("a b c", "a>c", "b c a")]
    [InlineData("a b c d", "a>d b>a", "c d a b")]
    public void A_batch_comes_after_what_it_needs_and_else_where_the_plan_has_it(string batches, string needs, string order) =>
        Assert.Equal(order.Split(' '), BatchOrder.Sort(Batches(batches, needs), b => b.Id, b => b.Needs).Select(b => b.Id));

    [Theory]
    [InlineData("a>b b>a", "a -> b -> a")]
    [InlineData("a>a", "a -> a")]
    [InlineData("a>b b>c c>b", "b -> c -> b")]
    public void A_circle_is_named(string needs, string circle)
    {
        var plan = Some.Plan() with { Batches = Batches("a b c", needs) };

        Assert.Contains(PlanRules.Examine(plan), p => p.Message == $"Batches need each other in a circle: {circle}.");
    }

    private static List<Batch> Batches(string ids, string needs)
    {
        var pairs = needs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => n.Split('>')).ToLookup(n => n[0], n => n[1]);
        return [.. ids.Split(' ').Select(id => Some.Batch(Some.Ddl("step", "select 1", "select 1")) with { Id = id, Needs = [.. pairs[id]] })];
    }
}
