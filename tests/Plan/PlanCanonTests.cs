using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plan;

public sealed class PlanCanonTests
{
    [Fact]
    public void What_is_read_back_is_written_the_same()
    {
        var written = PlanCanon.Write(Some.Plan());

        Assert.Equal(written, PlanCanon.Write(PlanCanon.Read(written)));
    }

    [Fact]
    public void The_same_plan_always_has_the_same_digest() =>
        Assert.Equal(PlanCanon.DigestOf(Some.Plan()), PlanCanon.DigestOf(Some.Plan()));

    [Fact]
    public void Any_change_changes_the_digest()
    {
        var plan = Some.Plan();

        var changed = plan with { Batches = [plan.Batches[0] with { Owner = "someone else" }] };

        Assert.NotEqual(PlanCanon.DigestOf(plan), PlanCanon.DigestOf(changed));
    }

    [Fact]
    public void A_canonical_form_with_a_stranger_in_it_is_not_read() =>
        Assert.Throws<System.Text.Json.JsonException>(() =>
            PlanCanon.Read(PlanCanon.Write(Some.Plan()).Replace("\"title\"", "\"tittle\"", StringComparison.Ordinal)));
}
