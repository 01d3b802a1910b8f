namespace TemporalDev.Server.Visibility.Search;

/// <summary>
/// What a query asks of a run, names and types resolved. Values are string, bool, long, double, or DateTime. An unknown
/// value makes a condition neither true nor false, as in SQL.
/// </summary>
internal abstract record Filter;

internal sealed record All(IReadOnlyList<Filter> Parts) : Filter;

internal sealed record AnyOf(IReadOnlyList<Filter> Parts) : Filter;

internal sealed record Not(Filter Inner) : Filter;

internal sealed record IsNull(Field Field) : Filter;

internal sealed record Compare(Field Field, Comparison Operator, IComparable Value) : Filter;

internal sealed record In(Field Field, IReadOnlyList<IComparable> Values) : Filter;

internal sealed record StartsWith(Field Field, string Prefix) : Filter;

internal enum Comparison
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal enum Grouping
{
    None,
    ExecutionStatus,
}

internal sealed record VisibilityQuery(Filter Where, Grouping Grouping);

/// <summary>The query makes no sense; the message says why and where.</summary>
internal sealed class InvalidQueryException(string message) : Exception(message);
