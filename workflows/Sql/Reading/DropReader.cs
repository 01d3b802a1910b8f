using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class DropReader
{
    public static Statement? Read(Cursor cursor)
    {
        var kind = ObjectKinds.Take(cursor);
        if (kind == ObjectKind.Other)
        {
            return null;
        }

        cursor.Take("by");
        var concurrently = cursor.Take("concurrently");
        var ifExists = cursor.Take("if", "exists");
        if (kind.LivesOnTable())
        {
            return cursor.TakePart() is { } name && cursor.Take("on") && cursor.TakeName() is { } table
                ? new DropFromTable(kind, name, table, cursor.Is("cascade"))
                : null;
        }

        var names = cursor.TakeNames();
        return names.IsEmpty
            ? null
            : new DropObjects(kind, names) { Concurrently = concurrently, IfExists = ifExists, Cascade = cursor.Is("cascade") };
    }
}
