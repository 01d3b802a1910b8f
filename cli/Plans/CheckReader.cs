using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

/// <summary>How YAML spells checks; <see cref="CheckKinds"/> has the kinds.</summary>
internal sealed class CheckReader(PlanFindings findings, SqlFiles files)
{
    private const string RuleExample = "Write a comparison and a number, for example \">= 1\" or \"= 100 +- 5\".";

    private static readonly Dictionary<string, Severity> Severities = new()
    {
        ["warn"] = Severity.Warn,
        ["gate"] = Severity.Gate,
        ["hard-stop"] = Severity.HardStop,
    };

    /// <param name="map">The check.</param>
    /// <param name="database">Where it looks, if the check itself does not say.</param>
    public Check Read(YamlMap map, string database)
    {
        var id = map.Text("id");
        var head = new CheckHead(id, map.OptionalText("title") ?? id, database, map.Choice("severity", Severities, Severity.Gate));
        var check = map.Kind(CheckKinds.All) is { } kind
            ? kind(this, head, map)
            // Stands in for the kind that cannot be read: the mistake is noted.
            : new ZeroRowsCheck { Head = head, Query = new SqlScript("", "") };
        map.RefuseOthers();
        return check;
    }

    public SqlScript ReadQuery(YamlMap map)
    {
        if (ReadOptionalQuery(map) is { } query)
        {
            return query;
        }

        findings.Add(map.At("query"), "A check needs a 'query', or a 'file' that holds it.");
        return new SqlScript("", "");
    }

    public SqlScript? ReadOptionalQuery(YamlMap map)
    {
        var inline = map.OptionalText("query");
        var path = map.OptionalText("file");
        if (inline is not null && path is not null)
        {
            findings.Add(map.At("query"), "A check has a 'query' or a 'file', not both.");
        }

        if (inline is not null)
        {
            return new SqlScript(SqlScript.Inline, inline);
        }

        return path is null ? null : files.Read(map.At("file"), path) ?? new SqlScript("", "");
    }

    public Rule ReadRule(YamlMap map) => Parse(map, map.Text("expect", RuleExample)) ?? new Rule(Comparison.Equal, 0);

    public Rule? ReadOptionalRule(YamlMap map) => Parse(map, map.OptionalText("expect"));

    private Rule? Parse(YamlMap map, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var rule = Rule.TryParse(text);
        if (rule is null)
        {
            findings.Add(map.At("expect"), $"'{text}' is not a rule.", RuleExample);
        }

        return rule;
    }
}
