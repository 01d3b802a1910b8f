using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Reading;

/// <summary>
/// The SQL inside of a DO block. PL/pgSQL ends its statements with semicolons too; what comes before the SQL in each are words of
/// control (<c>if not exists (...) then create type ...</c>), which are stepped over. Whether a branch is taken, nobody can say: it counts.
/// </summary>
internal static class BlockReader
{
    // A block may execute the text of a block; nobody goes further.
    private const int MaxDepth = 3;

    public static IEnumerable<PlanStatement> Read(PlanStatement block, int depth = 0)
    {
        if (depth >= MaxDepth || TextOf(block) is not { } body)
        {
            yield break;
        }

        var literal = block.Source.TextOf(body).ToString();
        var source = SqlSource.Read(TextLiteral.Content(literal));
        foreach (var segment in source.Statements)
        {
            var cursor = new Cursor(source, segment.Tokens);
            SkipControl(cursor);
            if (cursor.AtEnd || cursor.Is("end"))
            {
                continue;
            }

            var tokens = cursor.Rest;
            var inner = new PlanStatement(block.File, block.FileIndex, block.FileSource, Statement(cursor), source, tokens)
            {
                Segment = segment,
                Block = block,
                Base = block.Base + body.Start + literal.IndexOf(source.Text, StringComparison.Ordinal),
                OffsetsAreExact = block.OffsetsAreExact && literal.Contains(source.Text, StringComparison.Ordinal),
            };
            yield return inner;
            foreach (var deeper in Read(inner, depth + 1))
            {
                yield return deeper;
            }
        }
    }

    private static SqlToken? TextOf(PlanStatement statement) => statement.Statement switch
    {
        DoBlock block => block.Body,
        DynamicSql { Text: { } text } => text,
        _ => null,
    };

    private static Statement Statement(Cursor cursor)
    {
        if (cursor.Take("execute"))
        {
            // A lone string can be read; whatever is put together at run time cannot.
            return new DynamicSql(cursor.Rest is [{ Kind: SqlTokenKind.Text } text] ? text : null);
        }

        var selects = cursor.IsOneOf("select", "with");
        return StatementReader.Read(cursor) switch
        {
            // In a block "select into" fills a variable; it makes no table.
            CreateTable when selects => new Query(),
            WithStatement { Main: CreateTable } with when selects => with with { Main = new Query() },
            var statement => statement,
        };
    }

    private static void SkipControl(Cursor cursor)
    {
        while (!cursor.AtEnd)
        {
            if (cursor.IsOneOf("if", "elsif", "elseif", "when", "case"))
            {
                SkipPast(cursor, "then");
            }
            else if (cursor.IsOneOf("for", "foreach", "while"))
            {
                SkipPast(cursor, "loop");
            }
            else if (cursor.IsOneOf("begin", "else", "loop", "exception", "perform"))
            {
                cursor.Skip();
            }
            else if (cursor.Take("<<"))
            {
                SkipPast(cursor, ">>");
            }
            else
            {
                return;
            }
        }
    }

    private static void SkipPast(Cursor cursor, string word)
    {
        var cases = 0;
        for (cursor.Skip(); !cursor.AtEnd; cursor.SkipNested())
        {
            cases += cursor.Peek() switch
            {
                "case" => 1,
                "end" => -1,
                _ => 0,
            };
            if (cases <= 0 && cursor.Take(word))
            {
                return;
            }
        }
    }
}
