using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class ObjectKinds
{
    /// <summary>Takes the words that say what kind of object comes next.</summary>
    public static ObjectKind Take(Cursor cursor)
    {
        if (cursor.Take("materialized", "view"))
        {
            return ObjectKind.MaterializedView;
        }

        if (cursor.Take("foreign", "table"))
        {
            return ObjectKind.ForeignTable;
        }

        if (cursor.Take("event", "trigger") || cursor.Take("foreign", "data", "wrapper"))
        {
            return ObjectKind.Other;
        }

        cursor.Take("procedural");
        return cursor.TakeWord() switch
        {
            "table" => ObjectKind.Table,
            "view" => ObjectKind.View,
            "index" => ObjectKind.Index,
            "sequence" => ObjectKind.Sequence,
            "schema" => ObjectKind.Schema,
            "database" => ObjectKind.Database,
            "tablespace" => ObjectKind.Tablespace,
            "role" or "user" or "group" => ObjectKind.Role,
            "type" => ObjectKind.Type,
            "domain" => ObjectKind.Domain,
            "function" or "routine" => ObjectKind.Function,
            "procedure" => ObjectKind.Procedure,
            "aggregate" => ObjectKind.Aggregate,
            "trigger" => ObjectKind.Trigger,
            "rule" => ObjectKind.Rule,
            "policy" => ObjectKind.Policy,
            "extension" => ObjectKind.Extension,
            "column" => ObjectKind.Column,
            "constraint" => ObjectKind.Constraint,
            "owned" => ObjectKind.Owned,
            "publication" => ObjectKind.Publication,
            "subscription" => ObjectKind.Subscription,
            "statistics" => ObjectKind.Statistics,
            _ => ObjectKind.Other,
        };
    }

    public static bool LivesOnTable(this ObjectKind kind) => kind is ObjectKind.Trigger or ObjectKind.Rule or ObjectKind.Policy;

    public static bool IsRelation(this ObjectKind kind) =>
        kind is ObjectKind.Table or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.ForeignTable or ObjectKind.Index or ObjectKind.Sequence;
}
