using Orchestrator.Workflows.Lint;

namespace Orchestrator.Tests.Lint;

public sealed class SuppressionTests
{
    private static readonly LintSettings Settings = new() { PostgresVersion = 15 };

    [Theory]
    [InlineData("-- lint: allow truncate because it is empty\ntruncate orders;")]
    [InlineData("--lint: ALLOW truncate BECAUSE it is empty\n-- another remark\n/* and one */\ntruncate orders;")]
    [InlineData("select 1;\n\n  -- lint: allow truncate, drop-cascade because it is empty\n  truncate orders cascade;")]
    [InlineData("-- lint: allow truncate because it is empty\r\ntruncate orders;")]
    public void A_remark_directly_above_with_a_reason_allows_a_finding(string sql)
    {
        var report = Lint(sql);

        Assert.Empty(report.Findings);
        Assert.All(report.Allowed, finding => Assert.Equal("it is empty", finding.AllowedBecause));
        Assert.Contains(report.Allowed, finding => finding.Rule == "truncate");
    }

    [Theory]
    [InlineData("-- lint: allow truncate because it is empty\n\ntruncate orders;")]
    [InlineData("select 1; -- lint: allow truncate because it is empty\ntruncate orders;")]
    [InlineData("truncate -- lint: allow truncate because it is empty\norders;")]
    [InlineData("truncate orders;\n-- lint: allow truncate because it is empty")]
    [InlineData("-- lint: allow truncate because it is empty\nselect 1;\ntruncate orders;")]
    public void A_remark_elsewhere_allows_nothing_and_is_named(string sql) =>
        Assert.Equal(["suppression-unused", "truncate"], Lint(sql).Findings.Select(finding => finding.Rule).Order());

    [Theory]
    [InlineData("-- lint: allow truncate")]
    [InlineData("-- lint: allow truncate because")]
    [InlineData("-- lint: allow truncate because ...")]
    [InlineData("-- lint: ignore truncate")]
    [InlineData("-- lint:")]
    public void Without_a_reason_it_is_a_finding_itself(string remark) =>
        Assert.Equal(["suppression-without-reason", "truncate"], Lint($"{remark}\ntruncate orders;").Findings.Select(finding => finding.Rule));

    [Fact]
    public void A_slip_of_the_finger_is_told_what_was_meant()
    {
        var finding = Lint("-- lint: allow trunkate because it is empty\ntruncate orders;").Findings[0];

        Assert.Equal(("suppression-of-unknown-rule", "Did you mean 'truncate'?"), (finding.Rule, finding.Safer.Advice));
    }

    [Fact]
    public void A_remark_inside_of_a_string_is_none() =>
        Assert.Equal(["truncate"], Lint("select '\n-- lint: allow truncate because it is empty\n';\ntruncate orders;").Findings.Select(finding => finding.Rule));

    [Fact]
    public void Each_of_several_rules_must_be_needed() =>
        Assert.Equal(["suppression-unused"], Lint("-- lint: allow truncate, drop-table because it is empty\ntruncate orders;").Findings.Select(finding => finding.Rule));

    [Fact]
    public void What_cannot_be_read_cannot_be_allowed() =>
        Assert.Contains("unreadable-sql", Lint("-- lint: allow unreadable-sql because it is what it is\nselect 'a;").Findings.Select(finding => finding.Rule));

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("1.sql", null, true)]
    [InlineData("2.sql", null, false)]
    [InlineData(null, "public.orders", true)]
    [InlineData(null, "customers", false)]
    [InlineData("1.sql", "orders", true)]
    public void The_plan_may_allow_a_rule_for_a_file_or_a_table(string? file, string? table, bool allowed)
    {
        var report = PlanLinter.Lint([new("1.sql", "truncate orders;")], Settings, [Declared("truncate", "it is empty") with { File = file, Table = table }]);

        Assert.Equal(allowed ? [] : ["truncate", "suppression-unused"], report.Findings.Select(finding => finding.Rule));
        Assert.Equal(allowed ? 1 : 0, report.Allowed.Length);
    }

    [Theory]
    [InlineData("truncate", "", "suppression-without-reason")]
    [InlineData("trunkate", "it is empty", "suppression-of-unknown-rule")]
    [InlineData("drop-table", "it is empty", "suppression-unused")]
    public void An_entry_of_the_plan_that_says_nothing_is_named_where_it_stands(string rule, string reason, string found)
    {
        var report = PlanLinter.Lint([new("1.sql", "select 1;")], Settings, [Declared(rule, reason)]);

        var finding = Assert.Single(report.Findings);
        Assert.Equal((found, "plan.yaml", "12:5"), (finding.Rule, finding.File, finding.At.ToString()));
    }

    private static Suppression Declared(string rule, string reason) => new(rule, reason) { DeclaredIn = "plan.yaml", Line = 12, Column = 5 };

    private static LintReport Lint(string sql) => PlanLinter.Lint([new("1.sql", sql)], Settings);
}
