using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

/// <summary>An expression as the tokens it is made of.</summary>
internal sealed record Expression(SqlSource Source, ImmutableArray<SqlToken> Tokens)
{
    private static readonly string[] ConstantWords = ["true", "false", "null", "and", "or", "not", "is"];

    public string Text => Tokens.IsEmpty ? "" : Source.Text[Tokens[0].Start..Tokens[^1].End];

    public bool IsNull => Tokens is [var only] && Word(only) == "null";

    /// <summary>Names nothing, so it is the same for every row, such as <c>true</c> or <c>1 = 1</c>.</summary>
    public bool IsConstant => Tokens.All(token => token.Kind switch
    {
        SqlTokenKind.Word => ConstantWords.Contains(Word(token)),
        SqlTokenKind.QuotedName => false,
        _ => true,
    });

    /// <summary>The functions that it calls, by name without schema; <c>current_timestamp</c> and its like are none.</summary>
    public IEnumerable<string> Calls =>
        from i in Enumerable.Range(0, Math.Max(0, Tokens.Length - 1))
        where SqlName.PartOf(Tokens[i].Kind, Source.TextOf(Tokens[i])) is not null
        where Source.TextOf(Tokens[i + 1]) is "("
        where !IsTypeName(i)
        select SqlName.PartOf(Tokens[i].Kind, Source.TextOf(Tokens[i]))!;

    /// <summary>The column, if all it says is <c>column is not null</c>.</summary>
    public string? NotNullColumn
    {
        get
        {
            var words = Tokens.Where(token => Source.TextOf(token) is not ("(" or ")")).ToList();
            return words is [var column, var a, var b, var c] && (Word(a), Word(b), Word(c)) == ("is", "not", "null")
                ? SqlName.PartOf(column.Kind, Source.TextOf(column))
                : null;
        }
    }

    public IEnumerable<string> Names =>
        from token in Tokens
        let name = SqlName.PartOf(token.Kind, Source.TextOf(token))
        where name is not null
        select name;

    // '1'::numeric(10, 2) and cast('x' as varchar(3)) call nothing.
    private bool IsTypeName(int index) =>
        index > 0 && (Source.TextOf(Tokens[index - 1]) is "::" || Word(Tokens[index - 1]) == "as");

    private string Word(SqlToken token) => token.Kind == SqlTokenKind.Word ? SqlCharacters.Fold(Source.TextOf(token)) : "";

    public bool Equals(Expression? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
