using Orchestrator.Cli.Plans;
using Orchestrator.Tests.House;
using Orchestrator.Workflows.Lint;

namespace Orchestrator.Tests.Lint;

public sealed class OwnPlansTests
{
    public static TheoryData<string> Folders => [.. Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "plans")).Select(Path.GetFileName).OfType<string>()];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_plan_of_ours_has_nothing_that_the_lint_would_stop(string plan)
    {
        var files = PlanFiles.Of(PlanFolder.Read(Path.Combine(SourceTree.Root, "plans", plan)).Plan!);

        var report = PlanLinter.Lint(files, new LintSettings { PostgresVersion = 15 });

        Assert.NotEmpty(files);
        Assert.DoesNotContain(report.Findings, finding => finding.Severity == Severity.Error);
    }
}
