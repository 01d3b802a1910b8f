using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class MaintenanceReader
{
    public static Truncate ReadTruncate(Cursor cursor)
    {
        cursor.Take("table");
        return new Truncate(cursor.TakeNames(), cursor.HasAhead("cascade"));
    }

    public static LockTables ReadLock(Cursor cursor)
    {
        cursor.Take("table");
        var tables = cursor.TakeNames();
        var mode = cursor.Take("in") && cursor.Rest is var rest
            ? LockLevels.Parse(string.Join(' ', rest.Select(token => SqlCharacters.Fold(cursor.Source.TextOf(token))).TakeWhile(word => word != "mode")))
            : null;
        return new LockTables(tables, mode ?? LockLevel.AccessExclusive);
    }

    public static Vacuum ReadVacuum(Cursor cursor)
    {
        var full = false;
        if (cursor.TakeParentheses() is { } options)
        {
            full = options.Split().Any(IsOn);
        }

        while (cursor.IsOneOf("full", "freeze", "verbose", "analyze", "analyse"))
        {
            full |= cursor.TakeWord() == "full";
        }

        return new Vacuum(cursor.AtEnd ? [] : cursor.TakeNames(), full);
    }

    public static Analyze ReadAnalyze(Cursor cursor)
    {
        cursor.SkipParentheses();
        cursor.Take("verbose");
        return new Analyze(cursor.AtEnd ? [] : cursor.TakeNames());
    }

    public static Cluster ReadCluster(Cursor cursor)
    {
        cursor.SkipParentheses();
        cursor.Take("verbose");
        var first = cursor.TakeName();
        // The old form names the index first: cluster index on table.
        return new Cluster(cursor.Take("on") ? cursor.TakeName() : first);
    }

    public static Reindex? ReadReindex(Cursor cursor)
    {
        var concurrently = cursor.TakeParentheses() is { } options && options.Split().Any(option => option.Is("concurrently"));
        ReindexKind? kind = cursor.TakeWord() switch
        {
            "index" => ReindexKind.Index,
            "table" => ReindexKind.Table,
            "schema" => ReindexKind.Schema,
            "database" => ReindexKind.Database,
            "system" => ReindexKind.System,
            _ => null,
        };
        concurrently |= cursor.Take("concurrently");
        return kind is { } known ? new Reindex(known, cursor.TakeName(), concurrently) : null;
    }

    public static RefreshView? ReadRefresh(Cursor cursor)
    {
        var concurrently = cursor.Take("materialized", "view") && cursor.Take("concurrently");
        return cursor.TakeName() is { } view ? new RefreshView(view, concurrently) : null;
    }

    // "full" alone switches it on, as do the spellings of true.
    private static bool IsOn(Cursor option) => option.Take("full") && !option.IsOneOf("false", "off", "0");
}
