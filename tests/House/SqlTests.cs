using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orchestrator.Tests.House;

public sealed class SqlTests
{
    private static readonly string[] Openings = ["select ", "insert into ", "update ", "delete from ", "create ", "alter ", "drop ", "with "];

    [Fact]
    public void Nothing_but_a_quoted_identifier_or_checked_text_is_put_into_sql()
    {
        var spliced =
            from source in SourceTree.CSharp()
            where source.File.StartsWith("activities/", StringComparison.Ordinal)
            from text in source.Tree.DescendantNodes().OfType<InterpolatedStringExpressionSyntax>()
            let opening = text.Contents.ToString().TrimStart()
            where Openings.Any(sql => opening.StartsWith(sql, StringComparison.Ordinal))
            from hole in text.Contents.OfType<InterpolationSyntax>()
            let expression = hole.Expression.ToString()
            where !MayStandInSql(expression)
            select $"{source.File}: {{{expression}}}";

        Assert.Empty(spliced);
    }

    // By name, because the parser sees no types: identifiers end in Table, Column, Columns, Schema, Database, Index, Key or Sql,
    // and those names are given to SqlIdentifier and to text that was built from them.
    private static bool MayStandInSql(string expression) =>
        expression.Split('.')[^1] is var last
        && new[] { "Table", "Column", "Columns", "Schema", "Database", "Index", "Key", "Keys", "Sql", "Identifier", "Name" }
            .Any(ending => last.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
