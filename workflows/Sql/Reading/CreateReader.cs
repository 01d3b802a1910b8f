using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class CreateReader
{
    public static Statement? Read(Cursor cursor)
    {
        var replace = cursor.Take("or", "replace");
        var temporary = TakePersistence(cursor);
        cursor.Take("recursive");
        if (cursor.Is("unique") || cursor.Is("index"))
        {
            return Index(cursor);
        }

        if (cursor.Take("constraint", "trigger"))
        {
            return Trigger(cursor);
        }

        cursor.Take("trusted");
        return ObjectKinds.Take(cursor) switch
        {
            ObjectKind.Table => CreateTableReader.Read(cursor, temporary),
            ObjectKind.View => View(cursor, replace, materialized: false),
            ObjectKind.MaterializedView => View(cursor, replace, materialized: true),
            ObjectKind.Trigger => Trigger(cursor),
            ObjectKind.Rule => Rule(cursor),
            ObjectKind.Policy => Policy(cursor),
            ObjectKind.Statistics => Statistics(cursor),
            ObjectKind.Type => Type(cursor),
            ObjectKind.Function or ObjectKind.Procedure => cursor.TakeName() is { } name ? new CreateFunction(name, replace) : null,
            var kind => Object(cursor, kind),
        };
    }

    // Words before "table", "view" or "sequence" that say how long it lives.
    private static bool TakePersistence(Cursor cursor)
    {
        _ = cursor.Take("global") || cursor.Take("local");
        if (cursor.Take("temporary") || cursor.Take("temp"))
        {
            return true;
        }

        cursor.Take("unlogged");
        return false;
    }

    private static CreateIndex? Index(Cursor cursor)
    {
        var unique = cursor.Take("unique");
        cursor.Take("index");
        var concurrently = cursor.Take("concurrently");
        var ifNotExists = cursor.Take("if", "not", "exists");
        var name = cursor.Is("on") ? null : cursor.TakePart();
        if (!cursor.Take("on") || cursor.TakeTable() is not { } table)
        {
            return null;
        }

        if (cursor.Take("using"))
        {
            cursor.TakePart();
        }

        var columns = cursor.TakeParentheses()?.Split().Select(PlainColumn).TakeWhile(column => column is not null) ?? [];
        return new CreateIndex(table)
        {
            Name = name,
            Unique = unique,
            Concurrently = concurrently,
            IfNotExists = ifNotExists,
            LeadingColumns = [.. columns.OfType<string>()],
            Partial = cursor.SkipTo("where"),
        };
    }

    private static string? PlainColumn(Cursor column) => column.Peek(1) is "(" or "." ? null : column.TakePart();

    private static CreateView? View(Cursor cursor, bool replace, bool materialized)
    {
        cursor.Take("if", "not", "exists");
        return cursor.TakeName() is { } name ? new CreateView(name, replace, materialized) : null;
    }

    private static CreateTrigger? Trigger(Cursor cursor)
    {
        if (cursor.TakePart() is not { } name || !cursor.SkipTo("on"))
        {
            return null;
        }

        cursor.Skip();
        if (cursor.TakeName() is not { } table)
        {
            return null;
        }

        return new CreateTrigger(name, table, cursor.Take("from") ? cursor.TakeName() : null);
    }

    private static CreateRule? Rule(Cursor cursor) =>
        cursor.TakePart() is { } name && cursor.SkipTo("to") && cursor.Take("to") && cursor.TakeName() is { } table
            ? new CreateRule(name, table)
            : null;

    private static CreatePolicy? Policy(Cursor cursor) =>
        cursor.TakePart() is { } name && cursor.Take("on") && cursor.TakeName() is { } table ? new CreatePolicy(name, table) : null;

    private static CreateStatistics? Statistics(Cursor cursor) =>
        cursor.SkipTo("from") && cursor.Take("from") ? new CreateStatistics(cursor.TakeNames()) : null;

    private static CreateType? Type(Cursor cursor)
    {
        if (cursor.TakeName() is not { } name)
        {
            return null;
        }

        var labels = cursor.Take("as", "enum") ? cursor.TakeParentheses() : null;
        return new CreateType(name, labels is null ? null : [.. Labels(labels)]);
    }

    private static IEnumerable<string> Labels(Cursor labels) =>
        from label in labels.Split()
        let text = label.TakeText()
        where text is not null
        select text;

    private static Statement? Object(Cursor cursor, ObjectKind kind)
    {
        cursor.Take("if", "not", "exists");
        if (kind is ObjectKind.Database or ObjectKind.Role or ObjectKind.Tablespace or ObjectKind.Subscription)
        {
            return new AlterServer($"create {kind.ToString().ToLowerInvariant()}");
        }

        return cursor.TakeName() is { } name ? new CreateObject(kind, name) : null;
    }
}
