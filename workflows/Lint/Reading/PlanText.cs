using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Reading;

/// <summary>Every statement of the files that one database gets, in order.</summary>
internal sealed record PlanText(ImmutableArray<FileText> Files)
{
    public IEnumerable<PlanStatement> Statements => Files.SelectMany(file => file.Statements);

    public static PlanText Read(IEnumerable<(LintFile File, int Index)> files) =>
        new([.. files.Select(file => FileText.Read(file.File, file.Index))]);
}

internal sealed record FileText(LintFile File, int Index, SqlSource Source, ImmutableArray<PlanStatement> Statements)
{
    /// <summary>One lone statement that PostgreSQL refuses in a transaction runs without one; everything else runs in one.</summary>
    public bool IsTransaction => Statements is not [var only] || !only.Statement.RunsAlone();

    public static FileText Read(LintFile file, int index)
    {
        var source = SqlSource.Read(file.Text);
        var statements = ImmutableArray.CreateBuilder<PlanStatement>();
        foreach (var segment in source.Statements)
        {
            var statement = new PlanStatement(file, index, source, StatementReader.Read(segment), source, segment.Tokens) { Segment = segment };
            statements.Add(statement);
            statements.AddRange(BlockReader.Read(statement));
        }

        return new FileText(file, index, source, statements.ToImmutable());
    }
}
