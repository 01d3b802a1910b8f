using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Workflows;

public sealed class SagaTests
{
    [Fact]
    public void What_was_registered_last_is_taken_back_first()
    {
        var saga = new Saga();
        foreach (var id in new[] { "a", "b", "c" })
        {
            saga.Register(Step(id));
        }

        var order = new List<string>();
        while (!saga.IsEmpty)
        {
            order.Add(saga.Next.Id);
            saga.Settle(saga.Next);
        }

        Assert.Equal(["c", "b", "a"], order);
    }

    [Fact]
    public void A_step_is_registered_once()
    {
        var saga = new Saga();
        saga.Register(Step("a"));

        Assert.Throws<InvalidOperationException>(() => saga.Register(Step("a")));
    }

    [Fact]
    public void A_step_is_not_settled_before_its_turn()
    {
        var saga = new Saga();
        saga.Register(Step("a"));
        saga.Register(Step("b"));

        Assert.Throws<InvalidOperationException>(() => saga.Settle(Step("a")));
    }

    private static StepOutline Step(string id) => new(id, id, StepKind.Sql);
}
