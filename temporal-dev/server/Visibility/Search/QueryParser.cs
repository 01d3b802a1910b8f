namespace TemporalDev.Server.Visibility.Search;

/// <summary>Reads a visibility query: conditions joined by AND, OR, NOT and parentheses, for counts followed by GROUP BY.</summary>
internal sealed class QueryParser
{
    private const int QueryLength = 64 * 1024;
    private const int Nesting = 100;

    private readonly Func<string, Field?> _find;
    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;
    private bool _namesDivision;

    private QueryParser(string query, Func<string, Field?> find)
    {
        _find = find;
        _tokens = QueryLexer.Read(query);
    }

    private Token Next => _tokens[_at];

    /// <summary>A query on runs.</summary>
    public static VisibilityQuery Parse(string query, AttributeSchema schema) =>
        // Runs of the server's own, as schedules are elsewhere, show only to those who ask for them.
        Open(query, schema.Find).Query(new IsNull(schema.Find(KnownAttributes.Division)!));

    /// <summary>A query on something that has the fields which <paramref name="find"/> knows.</summary>
    public static VisibilityQuery Parse(string query, Func<string, Field?> find) => Open(query, find).Query(null);

    private static QueryParser Open(string query, Func<string, Field?> find)
    {
        if (query.Length > QueryLength)
        {
            throw new InvalidQueryException($"a query has at most {QueryLength} characters");
        }

        return new QueryParser(query, find);
    }

    private VisibilityQuery Query(IsNull? unlessNamed)
    {
        List<Filter> parts = Next.Kind == TokenKind.End || Next.Is("group") || Next.Is("order") || Next.Is("limit") ? [] : [Or()];
        var grouping = Take("group") ? Group() : Grouping.None;
        foreach (var clause in new[] { "order", "limit" })
        {
            if (Next.Is(clause))
            {
                var name = clause == "order" ? "ORDER BY" : "LIMIT";
                throw new InvalidQueryException($"operation is not supported: '{name}' clause at position {Next.Position}");
            }
        }

        if (Next.Kind != TokenKind.End)
        {
            throw Unexpected();
        }

        if (unlessNamed is not null && !_namesDivision)
        {
            parts.Add(unlessNamed);
        }

        return new VisibilityQuery(new All(parts), grouping);
    }

    private Grouping Group()
    {
        Expect("by");
        var name = Next;
        var field = Name();
        return field.Name == nameof(Grouping.ExecutionStatus) && !Next.Is(",")
            ? Grouping.ExecutionStatus
            : throw new InvalidQueryException(
                $"operation is not supported: 'GROUP BY' clause is supported for ExecutionStatus alone, not for '{name.Text}' at position {name.Position}");
    }

    private Filter Or()
    {
        List<Filter> parts = [And()];
        while (Take("or"))
        {
            parts.Add(And());
        }

        return parts.Count == 1 ? parts[0] : new AnyOf(parts);
    }

    private Filter And()
    {
        List<Filter> parts = [Term()];
        while (Take("and"))
        {
            parts.Add(Term());
        }

        return parts.Count == 1 ? parts[0] : new All(parts);
    }

    private Filter Term()
    {
        if (++_depth > Nesting)
        {
            throw new InvalidQueryException($"a query is nested at most {Nesting} deep");
        }

        Filter found;
        if (Take("not"))
        {
            found = new Not(Term());
        }
        else if (Take("("))
        {
            found = Or();
            Expect(")");
        }
        else
        {
            found = Condition();
        }

        _depth--;
        return found;
    }

    private Filter Condition()
    {
        var field = Name();
        if (Take("is"))
        {
            var isNot = Take("not");
            Expect("null");
            return Negated(isNot, new IsNull(field));
        }

        var negated = Take("not");
        var keyword = Next;
        if (Take("between"))
        {
            QueryTypes.RequireRange(field, "BETWEEN");
            var low = Value(field);
            Expect("and");
            var high = Value(field);
            return Negated(negated, new All([new Compare(field, Comparison.GreaterOrEqual, low), new Compare(field, Comparison.LessOrEqual, high)]));
        }

        if (Take("in"))
        {
            QueryTypes.RequireIn(field);
            return Negated(negated, new In(field, Values(field)));
        }

        if (Take("starts_with"))
        {
            QueryTypes.RequirePrefix(field);
            return Negated(negated, new StartsWith(field, (string)Value(field)));
        }

        return negated ? throw Unexpected() : Compared(field, keyword);
    }

    private Filter Compared(Field field, Token symbol)
    {
        if (symbol.Kind == TokenKind.End || symbol.Is("and") || symbol.Is("or") || symbol.Is(")"))
        {
            throw new InvalidQueryException($"invalid expression: incomplete expression at position {symbol.Position}");
        }

        _at++;
        Comparison? known = symbol.Text switch
        {
            "=" or "!=" or "<>" => Comparison.Equal,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            _ => null,
        };
        if (symbol.Kind != TokenKind.Symbol || known is not { } comparison)
        {
            throw new InvalidQueryException($"operation is not supported: operator '{symbol.Text}' at position {symbol.Position}");
        }

        if (comparison != Comparison.Equal)
        {
            QueryTypes.RequireRange(field, symbol.Text);
        }

        return Negated(symbol.Text is "!=" or "<>", new Compare(field, comparison, Value(field)));
    }

    private List<IComparable> Values(Field field)
    {
        Expect("(");
        List<IComparable> values = [Value(field)];
        while (Take(","))
        {
            values.Add(Value(field));
        }

        Expect(")");
        return values;
    }

    private Field Name()
    {
        var name = Next;
        if (name.Kind is not (TokenKind.Name or TokenKind.QuotedName))
        {
            throw name.Kind is TokenKind.Text or TokenKind.Number
                ? new InvalidQueryException($"invalid expression: a search attribute must stand on the left, not {name.Text} at position {name.Position}")
                : Unexpected();
        }

        _at++;
        var field = _find(name.Text)
            ?? throw new InvalidQueryException($"invalid search attribute: {name.Text} at position {name.Position}");
        _namesDivision |= field.Name == KnownAttributes.Division;
        return field;
    }

    private IComparable Value(Field field)
    {
        var isNegative = Take("-");
        var token = Next;
        if (token.Kind is TokenKind.Name or TokenKind.QuotedName && !token.Is("true") && !token.Is("false"))
        {
            throw new InvalidQueryException(
                $"operation is not supported: column name on the right side of comparison expression at position {token.Position} (did you forget to quote \"{token.Text}\"?)");
        }

        if (token.Kind is TokenKind.End or TokenKind.Symbol)
        {
            throw Unexpected();
        }

        _at++;
        return QueryTypes.Value(field, isNegative ? token with { Text = "-" + token.Text } : token);
    }

    private bool Take(string word)
    {
        if (!Next.Is(word))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word))
        {
            throw new InvalidQueryException(
                $"malformed query: {word.ToUpperInvariant()} expected, but there is {Next.Text} at position {Next.Position}");
        }
    }

    private InvalidQueryException Unexpected() =>
        new($"malformed query: unexpected {Next.Text} at position {Next.Position}");

    private static Filter Negated(bool isNegated, Filter filter) => isNegated ? new Not(filter) : filter;
}
