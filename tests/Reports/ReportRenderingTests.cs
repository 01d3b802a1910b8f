using System.Text.Json.Nodes;
using Orchestrator.Activities.Reports;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Reports;

public sealed class ReportRenderingTests
{
    private const string Hostile = "<script>alert('|`x`|')</script>\n# no heading";

    [Fact]
    public void Nothing_that_was_measured_is_markup_in_the_page()
    {
        var page = ReportHtml.Write(Some(Hostile));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page);
        Assert.Contains("default-src 'none'", page);
    }

    [Fact]
    public void Nothing_that_was_measured_leaves_its_cell_in_markdown()
    {
        var lines = ReportMarkdown.Write(Some(Hostile)).Split('\n');

        Assert.DoesNotContain(lines, line => line.StartsWith("# no heading", StringComparison.Ordinal));
        Assert.All(lines.Where(line => line.StartsWith('|')), line => Assert.Contains(line.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|'), new[] { 7, 8 }));
        // Between backticks nothing is markup.
        Assert.DoesNotContain(lines, line => line.Contains("<script", StringComparison.Ordinal) && !line.StartsWith("- `", StringComparison.Ordinal));
    }

    [Fact]
    public void The_json_keeps_to_its_schema()
    {
        var schema = JsonNode.Parse(ReportJson.Schema())!;
        var report = JsonNode.Parse(ReportJson.Write(Some("text")))!;

        Assert.Equal("orchestrator/recon/1", report["format"]!.GetValue<string>());
        AssertFits(schema, report, schema);
        Assert.Equal("hard-stop", report["batches"]![0]!["checks"]![0]!["severity"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(new Verdict[0], Verdict.Pass)]
    [InlineData(new[] { Verdict.Pass, Verdict.Pass }, Verdict.Pass)]
    [InlineData(new[] { Verdict.Pass, Verdict.Inconclusive }, Verdict.Inconclusive)]
    [InlineData(new[] { Verdict.Fail, Verdict.Inconclusive }, Verdict.Fail)]
    public void The_worst_verdict_is_the_verdict(Verdict[] verdicts, Verdict expected) => Assert.Equal(expected, Verdicts.Worst(verdicts));

    [Fact]
    public void A_warning_decides_nothing()
    {
        var check = Some("x").Batches[0].Checks[0];

        Assert.Equal(Verdict.Fail, Verdicts.Of([check]));
        Assert.Equal(Verdict.Pass, Verdicts.Of([check with { Severity = Severity.Warn }]));
    }

    // Objects have only known properties of the stated types, and none is missing: enough to notice a schema that is of another record.
    private static void AssertFits(JsonNode schema, JsonNode? value, JsonNode root)
    {
        if (schema["$ref"] is { } reference)
        {
            schema = reference.GetValue<string>().TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, part) => node[part]!);
        }

        switch (value)
        {
            case JsonObject mapping:
                Assert.All(mapping, field => AssertFits(schema["properties"]![field.Key] ?? throw new InvalidOperationException(field.Key), field.Value, root));
                Assert.All(schema["required"]?.AsArray() ?? [], name => Assert.True(mapping.ContainsKey(name!.GetValue<string>()), name!.GetValue<string>()));
                break;
            case JsonArray list:
                Assert.All(list, item => AssertFits(schema["items"]!, item, root));
                break;
        }
    }

    private static Report Some(string text) => new()
    {
        Plan = "plan",
        Title = text,
        Digest = new string('a', 64),
        Environment = text,
        Run = Guid.Empty,
        Requester = text,
        WrittenAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Verdict = Verdict.Fail,
        Batches =
        [
            new BatchSection
            {
                Id = "batch",
                Title = text,
                Owner = text,
                Verdict = Verdict.Fail,
                Outcome = "undone",
                Reason = text,
                Steps = [new StepLine { Id = "step", Title = text, Kind = StepKind.Ddl, State = "done", Rows = 3, Seconds = 1.5 }],
                Checks =
                [
                    new CheckLine
                    {
                        Id = "check",
                        Title = text,
                        Moment = CheckMoment.Postcheck,
                        Severity = Severity.HardStop,
                        Verdict = Verdict.Fail,
                        Rule = text,
                        Measured = text,
                        Explanation = text,
                        BlindSpot = text,
                        Seconds = 0.25,
                        MeasuredAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                        QueryDigest = new string('b', 64),
                        Previous = new Earlier { Verdict = Verdict.Pass, Measured = text, MeasuredAt = default, Delta = -2 },
                        Exceptions = [text],
                    },
                ],
                Decisions = [new DecisionLine { Who = text, Role = text, Answer = "no-go", Comment = text, Evidence = new string('c', 64), At = default }],
            },
        ],
    };
}
