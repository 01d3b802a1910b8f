using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Gates;

public sealed class GateRulesTests
{
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(null, null, null, "A decision needs a name: set 'who'.")]
    [InlineData("  ", null, null, "A decision needs a name: set 'who'.")]
    [InlineData("mallory", null, null, "mallory is no approver here; approvers are approver: ada, grace.")]
    [InlineData("ada", "owner", null, "ada does not hold the role 'owner'; approvers are approver: ada, grace.")]
    [InlineData("ada", null, "old", "The evidence has changed since: this decision is about old, the evidence now is new. Read it again.")]
    [InlineData("Grace", null, null, "Grace asked for this run and cannot approve it as approver.")]
    [InlineData("ada", "approver", "new", null)]
    [InlineData("ADA", null, null, null)]
    public void Only_the_right_people_count(string? who, string? role, string? evidence, string? refusal) =>
        Assert.Equal(refusal, GateRules.Refuse(View(), Go(who) with { Role = role, Evidence = evidence }, Now));

    [Fact]
    public void Nobody_counts_twice() =>
        Assert.Equal("ada has already decided.", GateRules.Refuse(View().With(Counted("ada", Answer.Go)), Go("ada"), Now));

    [Theory]
    [InlineData(Verdict.Fail)]
    [InlineData(Verdict.Inconclusive)]
    public void A_check_that_does_not_pass_shuts_the_gate_to_go_but_not_to_no_go(Verdict verdict)
    {
        var view = View() with { Checks = [Check(Severity.Gate, verdict)] };

        Assert.StartsWith("The gate is shut: check is", GateRules.Refuse(view, Go("ada"), Now));
        Assert.Null(GateRules.Refuse(view, Go("ada") with { Answer = Answer.NoGo }, Now));
    }

    [Fact]
    public void A_warning_does_not_shut_the_gate() =>
        Assert.Null(GateRules.Refuse(View() with { Checks = [Check(Severity.Warn, Verdict.Fail)] }, Go("ada"), Now));

    [Theory]
    [InlineData(1, "", Standing.Waiting)]
    [InlineData(1, "ada:go", Standing.Go)]
    [InlineData(2, "ada:go", Standing.Waiting)]
    [InlineData(2, "ada:go grace:go", Standing.Go)]
    [InlineData(2, "ada:go grace:no", Standing.NoGo)]
    [InlineData(1, "ada:go grace:no", Standing.NoGo)]
    public void A_quorum_of_go_opens_and_one_no_go_ends_it(int quorum, string decisions, Standing standing) =>
        Assert.Equal(standing, GateRules.Stand(View(quorum) with { Counted = Parse(decisions) }, Now));

    [Fact]
    public void A_gate_expires_unless_it_was_decided()
    {
        var view = View() with { ExpiresAt = Now };

        Assert.Equal(Standing.Expired, GateRules.Stand(view, Now));
        Assert.Equal(Standing.Go, GateRules.Stand(view.With(Counted("ada", Answer.Go)), Now));
    }

    [Fact]
    public void Evidence_that_changed_voids_what_was_said_about_the_old()
    {
        var view = View(2).With(Counted("ada", Answer.Go));

        Assert.Single(view.Measured("new", []).Counted);
        Assert.Empty(view.Measured("newer", []).Counted);
    }

    [Fact]
    public void Evidence_is_what_was_measured_and_not_how_it_is_spelled()
    {
        var batch = new BatchReference(new RunReference(Guid.Empty, "plan", "test", "grace"), "batch", "w");
        var one = Check(Severity.Gate, Verdict.Pass) with { Measured = "1" };
        var two = Check(Severity.Gate, Verdict.Pass) with { Measured = "2" };

        Assert.Equal(Evidence.DigestOf(batch, [one]), Evidence.DigestOf(batch, [one with { Title = "another title", Explanation = "words" }]));
        Assert.NotEqual(Evidence.DigestOf(batch, [one]), Evidence.DigestOf(batch, [two]));
        Assert.NotEqual(Evidence.DigestOf(batch, [one]), Evidence.DigestOf(batch with { Batch = "other" }, [one]));
        Assert.NotEqual(Evidence.DigestOf(batch, [one, two]), Evidence.DigestOf(batch, [two, one]));
    }

    [Fact]
    public void The_keeper_counts_records_and_remembers_refusals()
    {
        var keeper = new GateKeeper(new BatchReference(new RunReference(Guid.Empty, "plan", "test", "grace"), "batch", "w"));
        keeper.Hear(Go("ada"), Now);
        keeper.Open(Some.Gate(), [], Now);
        keeper.Hear(Go("mallory"), Now);
        keeper.Hear(Go("ada"), Now);

        Assert.Equal(2, keeper.Refusals.Count);
        Assert.StartsWith("ada: This batch is not at its gate", keeper.Refusals[0]);
        Assert.Equal(Standing.Go, keeper.Stand(Now));
        Assert.Equal("ada", keeper.TakeUnrecorded().Who);
        Assert.False(keeper.HasUnrecorded);
    }

    [Fact]
    public void The_keeper_looks_again_less_and_less_often_but_never_after_the_end()
    {
        var keeper = new GateKeeper(new BatchReference(new RunReference(Guid.Empty, "plan", "test", "grace"), "batch", "w"));
        keeper.Open(Some.Gate() with { ExpiresAfter = TimeSpan.FromMinutes(100) }, [], Now);

        var looks = Enumerable.Range(0, 5).Select(_ => (keeper.NextLook(Now) - Now).TotalMinutes);

        Assert.Equal([5, 10, 20, 40, 60], looks);
        Assert.Equal(Now.AddMinutes(100), keeper.NextLook(Now.AddMinutes(90)));
    }

    private static GateView View(int quorum = 1) => new()
    {
        Gate = Some.Gate(quorum),
        Run = Guid.Empty,
        Batch = "batch",
        Requester = "grace",
        Checks = [],
        Evidence = "new",
    };

    private static Decision Go(string? who) => new() { Answer = Answer.Go, Who = who };

    private static CountedDecision Counted(string who, Answer answer) => new(answer, who, "approver", null, "new", Now);

    private static List<CountedDecision> Parse(string decisions) =>
        [.. decisions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(d => d.Split(':')).Select(d => Counted(d[0], d[1] == "go" ? Answer.Go : Answer.NoGo))];

    private static CheckResult Check(Severity severity, Verdict verdict) => new()
    {
        Id = "check",
        Title = "Check",
        Severity = severity,
        Verdict = verdict,
        Rule = "= 0",
        Measured = verdict == Verdict.Inconclusive ? null : "1",
        QueryDigest = "d",
    };
}
