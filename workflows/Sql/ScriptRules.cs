using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql;

/// <summary>
/// A file is either one transaction together with its line in the ledger, or one single statement that PostgreSQL refuses to
/// run inside a transaction. Anything between the two could be half applied.
/// </summary>
public static class ScriptRules
{
    public static IReadOnlyList<PlanProblem> Examine(SqlScript script)
    {
        var source = SqlSource.Read(script.Text);
        IReadOnlyList<SqlStatement> statements = source.Statements;
        var problems = new List<PlanProblem>();
        if (source.Fault is { } fault)
        {
            problems.Add(new("", $"Line {source.PositionOf(fault.Offset).Line}: {fault}."));
        }

        if (statements.Count == 0)
        {
            problems.Add(new("", "There is no statement in this file."));
        }

        foreach (var control in statements.Where(s => StatementReader.Read(s) is TransactionControl))
        {
            problems.Add(new("", $"'{control.Code[0]}' has no place here: the orchestrator owns the transaction.", "Remove it."));
        }

        foreach (var command in statements.Where(s => s.Code[0].StartsWith('\\')))
        {
            problems.Add(new("", $"'{command.Code[0].Trim()}' is a command of psql, which the server does not know.", "Remove it."));
        }

        if (statements.FirstOrDefault(s => s.StartsWith("drop", "index", "concurrently") && !s.Has("exists")) is not null)
        {
            problems.Add(new("", "'drop index concurrently' may be interrupted half-way and must bear being repeated.", "Write 'drop index concurrently if exists'."));
        }

        if (statements.Count > 1 && statements.FirstOrDefault(RunsAlone) is { } alone)
        {
            problems.Add(new(
                "",
                $"'{FirstWords(alone)}' cannot run inside a transaction, so nothing else may stand in the same file.",
                "Move it into a file of its own."));
        }

        return problems;
    }

    public static bool RunsAlone(SqlStatement statement) => StatementReader.Read(statement).RunsAlone();

    private static string FirstWords(SqlStatement statement) => string.Join(' ', statement.Code.Take(4));
}
