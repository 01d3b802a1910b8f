namespace Orchestrator.Workflows.Sql;

internal enum SqlTokenKind
{
    Blank,
    Comment,
    Word,
    QuotedName,
    Text,
    Number,
    Parameter,
    Operator,
    Symbol,

    /// <summary>A backslash command of psql, to the end of its line. The server knows none.</summary>
    MetaCommand,

    /// <summary>The rows that psql reads after <c>copy ... from stdin;</c>, with the line that ends them.</summary>
    CopyRows,
}

internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length)
{
    public int End => Start + Length;

    public bool IsCode => Kind is not (SqlTokenKind.Blank or SqlTokenKind.Comment or SqlTokenKind.CopyRows);
}
