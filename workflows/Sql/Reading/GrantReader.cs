namespace Orchestrator.Workflows.Sql.Reading;

internal static class GrantReader
{
    /// <summary>The table of a grant or revoke; null if it is about something else.</summary>
    public static SqlName? Table(Cursor cursor)
    {
        if (!cursor.SkipTo("on"))
        {
            return null;
        }

        cursor.Skip();
        cursor.Take("table");
        return cursor.IsOneOf("all", "schema", "function", "sequence", "database", "type", "language", "procedure", "routine", "domain", "foreign", "large", "parameter", "tablespace")
            ? null
            : cursor.TakeName();
    }
}
