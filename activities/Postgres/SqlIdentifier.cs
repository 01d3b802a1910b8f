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

    /// <summary>A value for the few statements that take no parameters.</summary>
    public static string Literal(string value)
    {
        if (value.Contains('\0'))
        {
            throw new RefusalException("A value with a null character cannot be quoted.");
        }

        // E'' and doubled backslashes mean the same whatever standard_conforming_strings is.
        return $" E'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
    }

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
