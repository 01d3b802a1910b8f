using System.Text.RegularExpressions;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside one check.</summary>
internal static partial class CheckRules
{
    public static IEnumerable<PlanProblem> Examine(string at, Check check, Batch batch, MigrationPlan plan)
    {
        var problems = new List<PlanProblem>();
        PlanRules.CheckId(problems, $"{at}.id", check.Id);
        PlanRules.CheckDatabase(problems, $"{at}.database", check.Database, plan);
        switch (check)
        {
            case ScalarCheck scalar:
                ExamineQuery(problems, at, check, scalar.Query);
                break;
            case ZeroRowsCheck zeroRows:
                ExamineQuery(problems, at, check, zeroRows.Query);
                break;
            case UsesIndexCheck usesIndex:
                ExamineQuery(problems, at, check, usesIndex.Query);
                break;
            case BaselineCheck baseline:
                ExamineQuery(problems, at, check, baseline.Query);
                ExamineBaseline(problems, at, baseline, batch, plan);
                break;
            case ExpectedFailureCheck failure:
                ExamineFailure(problems, at, failure);
                break;
            case RowParityCheck parity:
                ExamineTable(problems, $"{at}.table", parity.Table);
                ExamineOther(problems, $"{at}.other", parity.Other, plan);
                break;
            case SameContentCheck same:
                SameContentRules.Examine(problems, at, same);
                PlanRules.CheckDatabase(problems, $"{at}.other.database", same.Other.Database, plan);
                break;
            case SumParityCheck sum:
                ExamineTable(problems, $"{at}.table", sum.Table);
                ExamineOther(problems, $"{at}.other", sum.Other, plan);
                break;
            case OrphansCheck orphans:
                ExamineTable(problems, $"{at}.table", orphans.Table);
                ExamineReference(problems, $"{at}.references", orphans.References);
                break;
            case DuplicatesCheck duplicates:
                ExamineTable(problems, $"{at}.table", duplicates.Table);
                ExamineList(problems, $"{at}.columns", duplicates.Columns, "column");
                break;
            case NullsCheck nulls:
                ExamineTable(problems, $"{at}.table", nulls.Table);
                ExamineList(problems, $"{at}.columns", nulls.Columns, "column");
                break;
            default:
                ExamineSchemaCheck(problems, at, check, plan);
                break;
        }

        return problems;
    }

    private static void ExamineSchemaCheck(List<PlanProblem> problems, string at, Check check, MigrationPlan plan)
    {
        switch (check)
        {
            case ObjectsCheck objects:
                ExamineList(problems, $"{at}.names", objects.Names, "name");
                break;
            case ColumnsCheck columns:
                ExamineTable(problems, $"{at}.table", columns.Table);
                ExamineList(problems, $"{at}.columns", [.. columns.Columns.Select(c => c.Name)], "column");
                break;
            case EnumCheck values:
                ExamineTable(problems, $"{at}.type", values.Type);
                ExamineList(problems, $"{at}.values", values.Values, "value");
                break;
            case IndexCheck index:
                ExamineTable(problems, $"{at}.table", index.Table);
                ExamineList(problems, $"{at}.columns", index.Columns, "column");
                break;
            case ConstraintCheck constraint:
                ExamineTable(problems, $"{at}.table", constraint.Table);
                break;
            case EnvironmentCheck environment:
                ExamineList(problems, $"{at}.variables", environment.Variables, "variable");
                break;
            case FlagCheck flag:
                FlagRules.Examine(problems, at, flag.Flag, flag.Value);
                break;
            case DiskCheck { FreeBytes: <= 0, TimesDatabase: <= 0 }:
                problems.Add(new($"{at}.free", "How much room must there be?", "Write 'free: 10GB' or 'times-database: 2'."));
                break;
            case DiskCheck { Query: { } query }:
                ExamineQuery(problems, at, check, query);
                break;
            case DiskCheck:
                break;
            case UnmappedCheck unmapped:
                ExamineUnmapped(problems, at, unmapped, plan);
                break;
            case RehearsedCheck { Within.Ticks: <= 0 }:
                problems.Add(new($"{at}.within", "No rehearsal is younger than nothing."));
                break;
            case RehearsedCheck:
                break;
            case BackupCheck backup:
                ExamineBackup(problems, at, backup);
                break;
            default:
                throw new InvalidOperationException($"A check of kind {check.GetType().Name} has no rules.");
        }
    }

    private static void ExamineQuery(List<PlanProblem> problems, string at, Check check, SqlScript query)
    {
        if (SqlStatements.Split(query.Text).Count != 1)
        {
            problems.Add(new($"{at}.query", $"The check '{check.Id}' must be exactly one statement."));
        }
    }

    private static void ExamineFailure(List<PlanProblem> problems, string at, ExpectedFailureCheck failure)
    {
        problems.AddRange(ScriptRules.Examine(failure.Query).Select(p => new PlanProblem($"{at}.query", p.Message, p.Suggestion)));
        if (SqlStatements.Split(failure.Query.Text).Any(ScriptRules.RunsAlone))
        {
            problems.Add(new($"{at}.query", "A statement that cannot run inside a transaction cannot be undone, so it cannot be expected to fail here."));
        }

        if (!SqlStatePattern().IsMatch(failure.SqlState))
        {
            problems.Add(new($"{at}.sqlstate", $"'{failure.SqlState}' is not a SQLSTATE.", "It has five digits and capital letters, for example 23505 for a unique violation."));
        }
    }

    private static void ExamineBaseline(List<PlanProblem> problems, string at, BaselineCheck check, Batch batch, MigrationPlan plan)
    {
        // Its own earlier measurements are a baseline too: that is how a value is held against the last run's.
        var known = plan.Batches.SelectMany(b => b.Prechecks.Concat(b.Postchecks)).Select(c => c.Id).ToHashSet();
        if (!known.Contains(check.Baseline))
        {
            problems.Add(new($"{at}.baseline", $"The plan has no check '{check.Baseline}'.", Nearest.Among(check.Baseline, known)));
        }
        else if (batch.Postchecks.Any(c => c.Id == check.Baseline && c.Id != check.Id))
        {
            problems.Add(new($"{at}.baseline", $"'{check.Baseline}' is measured in the same round as '{check.Id}', so it is no baseline for it.", "Make it a precheck."));
        }

        if (check.Window <= TimeSpan.Zero)
        {
            problems.Add(new($"{at}.window", "A window must be longer than nothing."));
        }
    }

    private static void ExamineOther(List<PlanProblem> problems, string at, RowSet other, MigrationPlan plan)
    {
        ExamineTable(problems, $"{at}.table", other.Table);
        PlanRules.CheckDatabase(problems, $"{at}.database", other.Database, plan);
    }

    private static void ExamineReference(List<PlanProblem> problems, string at, Reference? reference)
    {
        if (reference is null)
        {
            return;
        }

        ExamineTable(problems, $"{at}.table", reference.Table);
        ExamineList(problems, $"{at}.columns", reference.Columns, "column");
        if (reference.Columns.Count != reference.TableColumns.Count)
        {
            problems.Add(new(at, $"{reference.Columns.Count} columns cannot refer to {reference.TableColumns.Count}."));
        }
    }

    private static void ExamineUnmapped(List<PlanProblem> problems, string at, UnmappedCheck check, MigrationPlan plan)
    {
        var asking = plan.Batches.SelectMany(b => b.Steps).Where(s => s is MatchStep or RelinkStep).Select(s => s.Id).ToHashSet();
        if (check.Step is { } step && !asking.Contains(step))
        {
            problems.Add(new($"{at}.step", $"The plan has no step '{step}' that matches or relinks.", Nearest.Among(step, asking)));
        }
    }

    private static void ExamineBackup(List<PlanProblem> problems, string at, BackupCheck backup)
    {
        PlanRules.CheckVariable(problems, $"{at}.variable", backup.Variable);
        if (backup.MaxAge <= TimeSpan.Zero)
        {
            problems.Add(new($"{at}.max-age", "No backup is younger than nothing."));
        }

        if (backup.DriftPercent is < 0 or > 100)
        {
            problems.Add(new($"{at}.drift-percent", $"{backup.DriftPercent} is not a percentage."));
        }
    }

    private static void ExamineTable(List<PlanProblem> problems, string at, string table)
    {
        if (SqlName.TryParse(table) is null)
        {
            problems.Add(new(at, $"'{table}' is not a name.", "Write 'name' or 'schema.name'."));
        }
    }

    private static void ExamineList(List<PlanProblem> problems, string at, IReadOnlyList<string> names, string what)
    {
        PlanRules.CheckDistinct(problems, at, names, what);
        if (names.Count == 0)
        {
            problems.Add(new(at, $"There is no {what} to look at.", $"Name at least one {what}."));
        }
    }

    [GeneratedRegex("^[0-9A-Z]{5}$")]
    private static partial Regex SqlStatePattern();
}
