using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class CommentReader
{
    public static CommentOn? Read(Cursor cursor)
    {
        cursor.Take("on");
        var kind = ObjectKinds.Take(cursor);
        if (kind == ObjectKind.Column)
        {
            // schema.table.column: what is locked is the table.
            var parts = new List<string>();
            do
            {
                parts.Add(cursor.TakePart() ?? "");
            }
            while (cursor.Take("."));

            return parts switch
            {
                [.., var schema, var table, _] => new CommentOn(kind, new SqlName(schema, table)),
                [var table, _] => new CommentOn(kind, new SqlName(null, table)),
                _ => null,
            };
        }

        return cursor.TakeName() is { } name ? new CommentOn(kind, name) : null;
    }
}
