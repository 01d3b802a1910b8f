using Orchestrator.Activities.DryRuns;

namespace Orchestrator.Tests.DryRuns;

public sealed class PlannedStatementTests
{
    [Theory]
    [InlineData("""[{"Plan": {"Node Type": "Seq Scan", "Plan Rows": 7, "Plan Width": 4}}]""", 7, 4)]
    [InlineData("""[{"Plan": {"Node Type": "ModifyTable", "Plan Rows": 0, "Plan Width": 0, "Plans": [{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Plan Rows": 9, "Plan Width": 12}]}}]""", 9, 12)]
    [InlineData("""[{"Plan": {"Node Type": "ModifyTable", "Plan Rows": 0, "Plan Width": 0, "Plans": [{"Node Type": "CTE Scan", "Parent Relationship": "InitPlan", "Plan Rows": 1, "Plan Width": 1}, {"Node Type": "Join", "Parent Relationship": "Outer", "Plan Rows": 5, "Plan Width": 6}]}}]""", 5, 6)]
    public void What_a_statement_writes_is_what_its_node_is_given(string json, long rows, int width) =>
        Assert.Equal(new PlannedStatement(rows, width), PlannedStatement.Read(json));
}
