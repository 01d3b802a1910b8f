using System.Collections.Immutable;
using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Lint.Rules;

namespace Orchestrator.Workflows.Lint;

/// <summary>
/// Reads the SQL of a plan in the order in which it will run and names what is dangerous. Undo files come last and are judged with all that
/// the plan has made before them. Text in, findings out.
/// </summary>
public sealed class PlanLinter
{
    private readonly LintSettings _settings;
    private readonly Allowances _allowances;
    private readonly List<Finding> _findings = [];

    private PlanLinter(LintSettings settings, IReadOnlyList<Suppression> allowed)
    {
        _settings = settings;
        _allowances = new Allowances(allowed);
    }

    public static LintReport Lint(IReadOnlyList<LintFile> files, LintSettings settings, IReadOnlyList<Suppression>? allowed = null)
    {
        var linter = new PlanLinter(settings, allowed ?? []);
        var ordered = files.Select((file, index) => (File: file, Index: index)).OrderBy(file => file.File.Role == FileRole.Undo);
        foreach (var database in ordered.GroupBy(file => file.File.Database))
        {
            linter.VisitPlan(PlanText.Read(database));
        }

        return linter.Report(files);
    }

    private void VisitPlan(PlanText plan)
    {
        var catalog = new PlanCatalog(_settings);
        foreach (var file in plan.Files)
        {
            _allowances.Add(file);
            catalog.BeginFile(file.Index);
            if (TextRules.Fault(file) is var (offset, offence))
            {
                Add(TextRules.Unreadable, file, offset, offence);
            }

            VisitFile(file, catalog, plan);
        }
    }

    private void VisitFile(FileText file, PlanCatalog catalog, PlanText plan)
    {
        var transaction = new OpenTransaction(file.IsTransaction);
        foreach (var statement in file.Statements)
        {
            var visit = new Visit(statement, catalog, transaction, plan, _settings);
            foreach (var rule in LintRules.All)
            {
                foreach (var offence in rule.Check(visit))
                {
                    Add(rule, visit, offence);
                }
            }

            transaction.Apply(visit);
            // Undo files run in an order of their own, each on what the plan has made, so none changes what the next one sees.
            if (!visit.IsUndo)
            {
                catalog.Apply(statement.Statement);
            }
        }
    }

    private void Add(LintRule rule, Visit visit, Offence offence)
    {
        var effect = offence.Relation is not { } relation ? null
            : offence.Action is { } action ? visit.EffectOn(relation, action)
            : visit.EffectOn(relation);
        var finding = new Finding
        {
            Rule = rule.Id,
            Severity = offence.Severity ?? rule.Severity,
            File = visit.At.File.Path,
            At = visit.At.Position(offence.Offset ?? visit.At.Start),
            Statement = visit.Text,
            Risk = offence.Risk,
            Safer = offence.Safer,
            Relation = offence.Relation,
            Age = offence.Relation is { } about ? visit.Catalog.Age(about) : RelationAge.Existing,
            Lock = effect?.Lock,
            Work = effect?.Work ?? TableWork.None,
        };
        _findings.Add(rule.CannotBeAllowed ? finding : finding with { AllowedBecause = _allowances.Take(finding, visit) });
    }

    private void Add(LintRule rule, FileText file, int offset, Offence offence) => _findings.Add(new Finding
    {
        Rule = rule.Id,
        Severity = rule.Severity,
        File = file.File.Path,
        At = file.Source.PositionOf(offset),
        Statement = "",
        Risk = offence.Risk,
        Safer = offence.Safer,
    });

    private LintReport Report(IReadOnlyList<LintFile> files)
    {
        var order = files.Select((file, index) => (file.Path, index)).DistinctBy(file => file.Path).ToDictionary(file => file.Path, file => file.index);
        ImmutableArray<Finding> all =
        [
            .. _findings.Concat(_allowances.Problems())
                .OrderBy(finding => order.GetValueOrDefault(finding.File, int.MaxValue))
                .ThenBy(finding => finding.At.Line)
                .ThenBy(finding => finding.At.Column),
        ];
        ImmutableArray<Finding> open = [.. all.Where(finding => finding.AllowedBecause is null)];
        return new LintReport(
            MostSevere(open),
            [.. all.Where(finding => finding.AllowedBecause is not null).Take(_settings.MaxFindings)])
        {
            LeftOut = Math.Max(0, open.Length - _settings.MaxFindings),
        };
    }

    private ImmutableArray<Finding> MostSevere(ImmutableArray<Finding> open) =>
    [
        .. open.Select((finding, index) => (finding, index))
            .OrderByDescending(entry => entry.finding.Severity)
            .Take(_settings.MaxFindings)
            .OrderBy(entry => entry.index)
            .Select(entry => entry.finding),
    ];
}
