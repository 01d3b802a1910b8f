using Orchestrator.Workflows.Plan;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Plans;

/// <summary>A plan when there is no mistake in it, else all mistakes.</summary>
internal sealed record PlanReading(MigrationPlan? Plan, IReadOnlyList<PlanFault> Faults)
{
    /// <summary>What the plan tells the linter; the run has no use for it, so it is no part of the plan's digest.</summary>
    public LintWishes Lint { get; init; } = LintWishes.None;
}

/// <summary>Reads a folder with <c>plan.yaml</c> and the SQL files that it names.</summary>
internal static class PlanFolder
{
    public const string FileName = "plan.yaml";

    // A plan is four levels deep; beyond this it is an attack on the reader's stack.
    private const int DeepestLevel = 20;

    public static PlanReading Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var findings = new PlanFindings(path);
        if (!File.Exists(path))
        {
            findings.Add("", Directory.Exists(folder) ? $"There is no {FileName} in this folder." : $"There is no folder '{folder}'.");
            return new PlanReading(null, findings.Faults);
        }

        if (new FileInfo(path).Length > PlanLimits.FileBytes)
        {
            findings.Add("", $"The file has more than {PlanLimits.FileBytes:N0} bytes.");
            return new PlanReading(null, findings.Faults);
        }

        var root = Parse(File.ReadAllText(path), findings);
        var reader = new PlanReader(findings, new SqlFiles(folder, findings));
        var plan = root is null ? null : reader.Read(root);
        foreach (var problem in plan is null ? [] : PlanRules.Examine(plan))
        {
            findings.Add(problem);
        }

        return new PlanReading(findings.Faults.Count == 0 ? plan : null, findings.Faults) { Lint = reader.Lint };
    }

    private static YamlNode? Parse(string text, PlanFindings findings)
    {
        try
        {
            if (RefuseTricks(text, findings))
            {
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            findings.Add("", stream.Documents.Count == 0 ? "The file is empty." : "The file holds more than one document.");
        }
        catch (YamlException e)
        {
            findings.AddAt(e.Start.Line, e.Start.Column, $"This is not YAML: {e.InnerException?.Message ?? e.Message}");
        }

        return null;
    }

    // Looked at event by event, because loading is recursive: depth would end the process, and aliases multiply what they point at.
    private static bool RefuseTricks(string text, PlanFindings findings)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                findings.AddAt(parser.Current.Start.Line, parser.Current.Start.Column, "Anchors and aliases are not read here.", "Write the value out.");
                return true;
            }

            if (depth > DeepestLevel)
            {
                findings.AddAt(parser.Current.Start.Line, parser.Current.Start.Column, "This is nested too deeply for a plan.");
                return true;
            }
        }

        return false;
    }
}
