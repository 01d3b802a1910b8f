using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;

namespace Orchestrator.Tests.Server;

public sealed class QueryParserTests
{
    private static readonly AttributeSchema Schema = new(new Dictionary<string, string>
    {
        ["Int01"] = "Rows",
        ["Text01"] = "Note",
        ["Bool01"] = "Urgent",
        ["KeywordList01"] = "Tables",
    });

    [Fact]
    public void Not_binds_closer_than_and_and_and_closer_than_or()
    {
        var parsed = Parse("NOT Rows = 1 AND Rows = 2 OR Rows = 3");

        var any = Assert.IsType<AnyOf>(Assert.IsType<All>(parsed.Where).Parts[0]);
        var all = Assert.IsType<All>(any.Parts[0]);
        Assert.IsType<Not>(all.Parts[0]);
        Assert.Equal(2L, Assert.IsType<Compare>(all.Parts[1]).Value);
        Assert.Equal(3L, Assert.IsType<Compare>(any.Parts[1]).Value);
    }

    [Fact]
    public void An_empty_query_asks_for_every_run_that_is_not_the_servers_own()
    {
        var only = Assert.Single(Assert.IsType<All>(Parse("").Where).Parts);

        Assert.Equal(KnownAttributes.Division, Assert.IsType<IsNull>(only).Field.Name);
    }

    [Theory]
    [InlineData("WorkflowId = 'it''s'", "it's")]
    [InlineData("WorkflowId = 'it\\'s'", "it's")]
    [InlineData("WorkflowId = \"it's\"", "it's")]
    [InlineData("`WorkflowId` = 'a''; drop table x'", "a'; drop table x")]
    [InlineData("ExecutionStatus = 1", "Running")]
    [InlineData("ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT'", "TimedOut")]
    [InlineData("ExecutionDuration = '1h30m'", 5_400_000_000_000L)]
    [InlineData("ExecutionDuration = '1:30:00'", 5_400_000_000_000L)]
    [InlineData("Rows = -7", -7L)]
    [InlineData("Rows = 2.5e1", 25.0)]
    [InlineData("Urgent = TRUE", true)]
    [InlineData("ScheduledById = 'nightly'", "nightly")]
    public void A_value_is_read_as_its_attribute_means_it(string query, object expected) =>
        Assert.Equal(expected, Assert.IsType<Compare>(Assert.IsType<All>(Parse(query).Where).Parts[0]).Value);

    [Theory]
    [InlineData("WorkflowId = ", "position 14")]
    [InlineData("Never = 'x'", "invalid search attribute: Never at position 1")]
    [InlineData("Rows = 'seven'", "search attribute Rows of type Int: seven at position 8")]
    [InlineData("StartTime > '2026-01-02'", "unable to parse datetime")]
    [InlineData("StartTime > '2026-01-02T03:04:0567Z'", "unable to parse datetime")]
    [InlineData("ExecutionStatus = 'running'", "invalid ExecutionStatus value 'running'")]
    [InlineData("ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_HAPPY'", "invalid ExecutionStatus value")]
    [InlineData("ExecutionDuration > 'soon'", "invalid duration value")]
    [InlineData("Note > 'a'", "operator '>' not supported for Text")]
    [InlineData("Note IN ('a')", "operator 'IN' not supported for Text")]
    [InlineData("Tables STARTS_WITH 'a'", "operator 'STARTS_WITH' not supported for KeywordList")]
    [InlineData("WorkflowId LIKE 'a%'", "operator 'LIKE' at position 12")]
    [InlineData("WorkflowId = 'a' LIMIT 3", "'LIMIT' clause")]
    [InlineData("ORDER BY StartTime", "'ORDER BY' clause")]
    [InlineData("GROUP BY WorkflowType", "not for 'WorkflowType' at position 10")]
    [InlineData("WorkflowId", "incomplete expression at position 11")]
    [InlineData("1 = 1", "must stand on the left")]
    [InlineData("WorkflowId = StartTime", "did you forget to quote")]
    [InlineData("WorkflowId IN ()", "position 16")]
    [InlineData("(WorkflowId = 'a'", ") expected")]
    [InlineData("WorkflowId = 'a", "never closed")]
    [InlineData("WorkflowId = 'a'; drop table x", "unexpected ';' at position 17")]
    [InlineData("WorkflowId = 'a' WorkflowId = 'b'", "unexpected WorkflowId at position 18")]
    public void A_query_that_makes_no_sense_is_refused_with_the_place(string query, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<InvalidQueryException>(() => Parse(query)).Message);

    [Fact]
    public void A_query_has_a_limited_depth_and_length()
    {
        Assert.Throws<InvalidQueryException>(() => Parse(new string('(', 5000) + "Rows = 1" + new string(')', 5000)));
        Assert.Throws<InvalidQueryException>(() => Parse($"WorkflowId = '{new string('a', 100_000)}'"));
    }

    private static VisibilityQuery Parse(string query) => QueryParser.Parse(query, Schema);
}
