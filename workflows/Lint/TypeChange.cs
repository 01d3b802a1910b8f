using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>Which changes of a column's type leave the stored rows as they are. Without knowing the old type, none is assumed to.</summary>
internal static class TypeChange
{
    private const int FinestSeconds = 6;

    public static TableWork Work(SqlType? old, AlterColumnType change) =>
        old is not null && IsPlainCast(change) && KeepsRows(old, change.Type) ? TableWork.None : TableWork.Rewrite;

    public static bool KeepsRows(SqlType old, SqlType next)
    {
        if (old.IsArray || next.IsArray)
        {
            return old == next;
        }

        return (old.Name, next.Name) switch
        {
            ("varchar", "varchar") or ("varbit", "varbit") => Widens(old, next),
            ("numeric", "numeric") => next.Modifiers.IsEmpty || (Scale(old) == Scale(next) && Widens(old, next)),
            ("timestamp", "timestamp") or ("timestamptz", "timestamptz") or ("time", "time") or ("timetz", "timetz") =>
                Seconds(next) >= Seconds(old),
            ("varchar" or "text", "text") or ("cidr" or "inet", "inet") or ("integer", "oid") or ("oid", "integer") => true,
            ("text", "varchar") or ("bit", "varbit") => next.Modifiers.IsEmpty,
            ("interval", "interval") => old == next || next.Modifiers.IsEmpty,
            _ => old == next,
        };
    }

    private static bool Widens(SqlType old, SqlType next) =>
        next.Modifiers.IsEmpty || (!old.Modifiers.IsEmpty && next.Modifiers[0] >= old.Modifiers[0]);

    private static int? Scale(SqlType numeric) => numeric.Modifiers switch
    {
        [_, var scale] => scale,
        [_] => 0,
        _ => null,
    };

    private static int Seconds(SqlType type) => type.Modifiers.IsEmpty ? FinestSeconds : type.Modifiers[0];

    // "using c::type" is what happens without it; anything else computes a new value for each row.
    private static bool IsPlainCast(AlterColumnType change)
    {
        if (change.Using is not { } expression)
        {
            return true;
        }

        var cursor = new Cursor(expression.Source, expression.Tokens);
        return cursor.TakePart() == change.Column
            && (cursor.AtEnd || (cursor.Take("::") && TypeReader.Read(cursor) == change.Type && cursor.AtEnd));
    }
}
