using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class ColumnReader
{
    /// <summary>Words that begin a constraint of a column, and so end the default before it.</summary>
    private static readonly string[] Clauses =
        ["constraint", "not", "null", "check", "default", "generated", "unique", "primary", "references", "deferrable", "initially", "collate", "storage", "compression", "options"];

    public static ColumnDefinition? Read(Cursor cursor)
    {
        if (cursor.TakePart() is not { } name)
        {
            return null;
        }

        // A partition or a typed table lists columns without their types.
        var type = cursor.IsOneOf(Clauses) || cursor.Take("with", "options") ? new SqlType("", [], IsArray: false) : TypeReader.Read(cursor);
        if (type is null)
        {
            return null;
        }

        var column = new ColumnDefinition(name, type);
        while (!cursor.AtEnd)
        {
            column = WithClause(cursor, column);
        }

        return column;
    }

    private static ColumnDefinition WithClause(Cursor cursor, ColumnDefinition column)
    {
        if (cursor.Take("constraint"))
        {
            cursor.TakePart();
            return column;
        }

        if (cursor.Take("not", "null"))
        {
            return column with { NotNull = true };
        }

        if (cursor.Take("default"))
        {
            return column with { Default = cursor.TakeExpression(Clauses) };
        }

        if (cursor.Take("generated"))
        {
            return column with { Generation = Generated(cursor) };
        }

        if (cursor.Take("primary", "key"))
        {
            return column with { PrimaryKey = true, NotNull = true };
        }

        if (cursor.Take("unique"))
        {
            return column with { Unique = true };
        }

        if (cursor.Take("check"))
        {
            return column with { Check = cursor.TakeParentheses() is { } check ? new Expression(check.Source, check.Rest) : null };
        }

        if (cursor.Take("references"))
        {
            return column with { References = ConstraintReader.ReadTarget(cursor) };
        }

        cursor.SkipNested();
        return column;
    }

    private static Generation Generated(Cursor cursor)
    {
        _ = cursor.Take("always") || cursor.Take("by", "default");
        cursor.Take("as");
        if (cursor.Take("identity"))
        {
            cursor.SkipParentheses();
            return Generation.Identity;
        }

        cursor.SkipParentheses();
        if (cursor.Take("stored"))
        {
            return Generation.Stored;
        }

        return cursor.Take("virtual") ? Generation.Virtual : Generation.Unsaid;
    }
}
