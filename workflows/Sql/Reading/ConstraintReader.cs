using System.Collections.Immutable;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class ConstraintReader
{
    /// <summary>A constraint of a table; null, and nothing taken, if something else is next.</summary>
    public static TableConstraint? Read(Cursor cursor)
    {
        if (!IsNext(cursor))
        {
            return null;
        }

        var text = cursor.RestText;
        var name = cursor.Take("constraint") ? cursor.TakePart() : null;
        return Body(cursor, name, text) is { } constraint ? WithAttributes(cursor, constraint) : null;
    }

    public static ForeignTarget? ReadTarget(Cursor cursor) =>
        cursor.TakeName() is { } table ? new ForeignTarget(table, Columns(cursor)) : null;

    private static TableConstraint? Body(Cursor cursor, string? name, string text)
    {
        if (cursor.Take("primary", "key"))
        {
            return Key(cursor, new(ConstraintKind.PrimaryKey, name, text));
        }

        if (cursor.Take("unique"))
        {
            var nulls = cursor.Take("nulls", "distinct") || cursor.Take("nulls", "not", "distinct");
            return Key(cursor, new(ConstraintKind.Unique, name, text) { HasAttributes = nulls });
        }

        if (cursor.Take("exclude"))
        {
            return new(ConstraintKind.Exclude, name, text);
        }

        if (cursor.Take("check"))
        {
            var check = cursor.TakeParentheses();
            return new(ConstraintKind.Check, name, text) { Check = check is null ? null : new Expression(check.Source, check.Rest) };
        }

        if (cursor.Take("not", "null"))
        {
            return cursor.TakePart() is { } column ? new(ConstraintKind.NotNull, name, text) { Columns = [column] } : null;
        }

        return cursor.Take("foreign", "key") ? ForeignKey(cursor, name, text) : null;
    }

    private static TableConstraint Key(Cursor cursor, TableConstraint constraint) =>
        cursor.Take("using", "index")
            ? constraint with { UsingIndex = cursor.TakePart() }
            : constraint with { Columns = Columns(cursor) };

    private static TableConstraint? ForeignKey(Cursor cursor, string? name, string text)
    {
        var columns = Columns(cursor);
        return cursor.Take("references") && ReadTarget(cursor) is { } target
            ? new(ConstraintKind.ForeignKey, name, text) { Columns = columns, References = target }
            : null;
    }

    private static ImmutableArray<string> Columns(Cursor cursor) =>
        cursor.TakeParentheses() is { } inside ? [.. inside.Split().Select(column => column.TakePart()).OfType<string>()] : [];

    private static TableConstraint WithAttributes(Cursor cursor, TableConstraint constraint)
    {
        constraint = constraint with { HasAttributes = constraint.HasAttributes || !cursor.AtEnd };
        while (!cursor.AtEnd)
        {
            if (cursor.Take("not", "valid"))
            {
                constraint = constraint with { NotValid = true };
            }
            else if (cursor.Take("not", "enforced"))
            {
                constraint = constraint with { NotEnforced = true };
            }
            else
            {
                cursor.SkipNested();
            }
        }

        return constraint;
    }

    // "exclude" is not reserved and may be a column; "not null" alone, without a column, belongs to one.
    private static bool IsNext(Cursor cursor) =>
        cursor.IsOneOf("constraint", "primary", "unique", "check", "foreign")
        || (cursor.Is("exclude") && cursor.Peek(1) is "using" or "(")
        || (cursor.Is("not", "null") && cursor.Peek(2) != "");
}
