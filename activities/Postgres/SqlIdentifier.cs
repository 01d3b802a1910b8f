using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Postgres;

/// <summary>A name that may stand in SQL: quoted, so that it is one name whatever characters it holds.</summary>
internal readonly record struct SqlIdentifier
{
    private readonly string _quoted;

    private SqlIdentifier(string quoted) => _quoted = quoted;

    public static SqlIdentifier Of(string name) => new(Quote(name));

    public static SqlIdentifier Of(SqlName name) =>
        new(name.Schema is { } schema ? $"{Quote(schema)}.{Quote(name.Name)}" : Quote(name.Name));

    public override string ToString() => _quoted;

    private static string Quote(string name)
    {
        if (name.Length == 0 || name.Contains('\0'))
        {
            throw new RefusalException("An empty name, or one with a null character, cannot be quoted.");
        }

        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
