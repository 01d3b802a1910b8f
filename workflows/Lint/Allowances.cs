using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Lint.Rules;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint;

/// <summary>What remarks and the plan allow, which of it was needed, and which of it says nothing.</summary>
internal sealed class Allowances(IReadOnlyList<Suppression> declared)
{
    private readonly List<(FileText File, AllowComment Comment)> _comments = [];
    private readonly HashSet<(object By, string Rule)> _used = [];

    public void Add(FileText file) => _comments.AddRange(AllowComments.Read(file).Select(comment => (file, comment)));

    /// <summary>The reason why the finding is allowed; null if nothing allows it.</summary>
    public string? Take(Finding finding, Visit visit)
    {
        foreach (var (_, comment) in _comments)
        {
            if (comment.Reason is { } reason && comment.Rules.Contains(finding.Rule) && StandsAbove(comment, visit.At))
            {
                _used.Add((comment, finding.Rule));
                return reason;
            }
        }

        foreach (var suppression in declared)
        {
            if (suppression.Rule == finding.Rule && suppression.Reason.Any(char.IsLetterOrDigit) && Covers(suppression, finding, visit))
            {
                _used.Add((suppression, finding.Rule));
                return suppression.Reason;
            }
        }

        return null;
    }

    public IEnumerable<Finding> Problems()
    {
        foreach (var (file, comment) in _comments)
        {
            var written = new Written(file.File.Path, comment.At, comment.Text);
            if (comment.Reason is null)
            {
                yield return written.Says(SuppressionRules.WithoutReason);
                continue;
            }

            foreach (var problem in comment.Rules.Select(rule => Problem(comment, rule, written)).OfType<Finding>())
            {
                yield return problem;
            }
        }

        foreach (var suppression in declared)
        {
            var written = new Written(suppression.DeclaredIn, new SqlPosition(0, 0, suppression.Line, suppression.Column), suppression.Rule);
            var problem = suppression.Reason.Any(char.IsLetterOrDigit)
                ? Problem(suppression, suppression.Rule, written)
                : written.Says(SuppressionRules.WithoutReason);
            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    private Finding? Problem(object by, string rule, Written written)
    {
        if (LintRules.All.All(known => known.Id != rule))
        {
            return written.Says(SuppressionRules.OfUnknownRule, rule);
        }

        return _used.Contains((by, rule)) ? null : written.Says(SuppressionRules.Unused, rule);
    }

    private static bool StandsAbove(AllowComment comment, PlanStatement statement) =>
        comment.Above is { } above && (above == statement.Segment || (statement.Block is { } block && StandsAbove(comment, block)));

    private static bool Covers(Suppression suppression, Finding finding, Visit visit) =>
        (suppression.File is null || suppression.File == finding.File)
        && (suppression.Table is null
            || (finding.Relation is { } relation
                && SqlName.TryParse(suppression.Table) is { } table
                && visit.Catalog.Resolve(table) == visit.Catalog.Resolve(relation)));

    private sealed record Written(string File, SqlPosition At, string Text)
    {
        public Finding Says(LintRule rule, string about = "")
        {
            var offence = SuppressionRules.Of(rule, about);
            return new()
            {
                Rule = rule.Id,
                Severity = rule.Severity,
                File = File,
                At = At,
                Statement = Text,
                Risk = offence.Risk,
                Safer = offence.Safer,
            };
        }
    }
}
