namespace Orchestrator.Workflows.Sql;

/// <summary>A name as the server understands it: folded if it was written without quotes, without its quotes if it had some.</summary>
public sealed record SqlName(string? Schema, string Name)
{
    /// <summary>Reads a table's name as people write it: <c>orders</c>, <c>sales.orders</c>, <c>sales."Order"</c>.</summary>
    public static SqlName? TryParse(string text)
    {
        var trimmed = text.Trim();
        var parts = new List<string>();
        var expectPart = true;
        foreach (var token in SqlScanner.Scan(trimmed))
        {
            var word = trimmed.AsSpan(token.Start, token.Length);
            if (expectPart && PartOf(token.Kind, word) is { } part)
            {
                parts.Add(part);
            }
            else if (expectPart || word is not ".")
            {
                return null;
            }

            expectPart = !expectPart;
        }

        return (expectPart, parts) switch
        {
            (false, [var name]) => new SqlName(null, name),
            (false, [var schema, var name]) => new SqlName(schema, name),
            _ => null,
        };
    }

    /// <summary>One part of a name from its token, or null if the token is no name.</summary>
    internal static string? PartOf(SqlTokenKind kind, ReadOnlySpan<char> token) => kind switch
    {
        SqlTokenKind.Word => SqlCharacters.Fold(token),
        SqlTokenKind.QuotedName => token switch
        {
            ['"', .. { Length: > 0 } inner, '"'] => Unquote(inner),
            [_, '&', '"', .. { Length: > 0 } inner, '"'] => UnicodeEscapes.Decode(Unquote(inner)),
            _ => null,
        },
        _ => null,
    };

    /// <summary>As it must be written in SQL to mean itself.</summary>
    public override string ToString() => Schema is null ? SqlNames.Quote(Name) : $"{SqlNames.Quote(Schema)}.{SqlNames.Quote(Name)}";

    private static string Unquote(ReadOnlySpan<char> inner) => inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
}
