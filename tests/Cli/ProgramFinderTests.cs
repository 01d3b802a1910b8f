using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering.Documents;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Cli;

public sealed class ProgramFinderTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    // Newest first.
    private static readonly IReadOnlyList<ProgramEntry> Programs =
    [
        new("shop/staging/bbb", WorkflowExecutionStatus.Running, Noon, null),
        new("shop/local/aaa", WorkflowExecutionStatus.Completed, Noon.AddHours(-1), Noon),
        new("blog/local/ccc", WorkflowExecutionStatus.Completed, Noon.AddHours(-2), Noon),
    ];

    [Theory]
    [InlineData(null, "shop/staging/bbb")]
    [InlineData("shop", "shop/staging/bbb")]
    [InlineData("shop/local", "shop/local/aaa")]
    [InlineData("shop/local/aaa", "shop/local/aaa")]
    [InlineData("plans/blog/", "blog/local/ccc")]
    public void A_program_is_found_by_what_a_person_would_call_it(string? named, string found) =>
        Assert.Equal(found, ProgramFinder.Choose(Programs, named, folder => folder.StartsWith("plans/", StringComparison.Ordinal) ? "blog/" : null).Id);

    [Fact]
    public void Nobody_guesses_between_two_that_run()
    {
        var two = Programs.Prepend(Programs[0] with { Id = "shop/production/bbb" }).ToList();

        var refusal = Assert.Throws<RefusedException>(() => ProgramFinder.Choose(two, "shop", _ => null));

        Assert.Equal("Which one? There are shop/production/bbb, shop/staging/bbb.", refusal.Message);
        Assert.Equal("There is no program 'x'. There are shop/staging/bbb, shop/local/aaa, blog/local/ccc.", Assert.Throws<RefusedException>(() => ProgramFinder.Choose(Programs, "x", _ => null)).Message);
        Assert.Equal("There is no program; 'orchestrator run PLAN' starts one.", Assert.Throws<RefusedException>(() => ProgramFinder.Choose([], null, _ => null)).Message);
    }

    [Fact]
    public void A_decision_is_about_the_evidence_that_was_read()
    {
        var gate = new GateStatus
        {
            Question = "Well?",
            WaitingFor = "dba: ada",
            Run = Guid.NewGuid(),
            SignaturesRequired = false,
            Quorum = 1,
            Evidence = "0123456789abcdef",
            ExpiresAt = null,
            Counted = [],
            Refusals = [],
        };
        var go = new Decision { Answer = Answer.Go, Who = "ada" };

        Assert.Equal(gate.Evidence, DecideCommand.Complete(go, gate, "batch", null, null).Evidence);
        Assert.Equal(gate.Evidence, DecideCommand.Complete(go, gate, "batch", "01234567", null).Evidence);
        Assert.Throws<RefusedException>(() => DecideCommand.Complete(go, gate, "batch", "0123", null));
        Assert.Throws<RefusedException>(() => DecideCommand.Complete(go, gate, "batch", "fedcba98", null));
        Assert.Throws<RefusedException>(() => DecideCommand.Complete(go, gate with { SignaturesRequired = true }, "batch", null, null));
    }

    [Fact]
    public void What_people_wrote_never_becomes_markup()
    {
        var document = new Document("<script>alert(1)</script>").Paragraph("*a* [b](c) `d`\n# e").Table(["x|y"], [["1|2", "<b>"]]);

        Assert.DoesNotContain("<script>", document.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", document.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("\\*a\\* \\[b\\](c) \\`d\\` \\# e", document.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| 1\\|2 | \\<b\\> |", document.ToMarkdown(), StringComparison.Ordinal);
    }
}
