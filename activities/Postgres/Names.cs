using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Postgres;

/// <summary>Names and conditions as a plan writes them, on their way into SQL.</summary>
internal static class Names
{
    public static SqlIdentifier Table(string name) =>
        SqlIdentifier.Of(SqlName.TryParse(name) ?? throw new RefusalException($"'{name}' is not the name of a table."));

    public static SqlIdentifier Column(string name) => SqlIdentifier.Of(name);

    public static string Columns(IEnumerable<string> names) => string.Join(", ", names.Select(Column));

    // On lines of their own: a condition may end in a comment.
    public static string Where(string? condition) => condition is null ? "" : $"\nwhere (\n{condition}\n)";

    public static string And(string? condition) => condition is null ? "" : $"\nand (\n{condition}\n)";
}
