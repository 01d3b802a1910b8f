using System.Text;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

/// <summary>Random texts made of what SQL is made of, with the parts that open something and never close it. The same seed is the same text.</summary>
internal static class TokenSoup
{
    private static readonly string[] Pieces =
    [
        "'", "''", "\"", "e'", "U&'", "u&\"", "$$", "$a$", "$1", "$", "--", "/*", "*/", "\\", "\\.", "\n", "\r\n", " ", " ", " ", ";", ";", "(", ")", ",", ".", "::", ":=", ":'",
        "create", "table", "index", "concurrently", "unique", "on", "alter", "only", "if", "not", "exists", "add", "column", "constraint", "drop", "type", "enum", "value", "set",
        "default", "null", "foreign", "key", "references", "check", "valid", "validate", "using", "primary", "rename", "to", "truncate", "update", "delete", "from", "where",
        "insert", "into", "select", "copy", "stdin", "vacuum", "full", "cluster", "reindex", "lock", "in", "access", "exclusive", "mode", "begin", "atomic", "end", "case", "commit",
        "grant", "revoke", "trigger", "function", "procedure", "do", "language", "as", "refresh", "materialized", "view", "with", "no", "data", "partition", "attach", "detach", "generated",
        "always", "identity", "stored", "collate", "before", "after", "cascade", "schema", "domain", "execute", "then", "loop", "declare", "exception", "when", "else",
        "orders", "customers", "id", "note", "\"Quoted\"", "public", "text", "integer", "timestamp", "varchar", "numeric", "1", "10", "0x1F", "1.5", "now", "random", "'new'", "true",
        "+", "-", "*", "/", "=", "<>", "||", "->>", "@>", "é", "\u00A0", "𝄞", "\0", "\uFEFF", "\uD800", "[", "]", "{range}", "-- lint: allow drop-table because it was agreed",
    ];

    public static IEnumerable<(int Seed, string Sql)> Texts(int count) =>
        Enumerable.Range(0, count).Select(seed => (seed, Text(seed)));

    private static string Text(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var left = random.Next(1, 60); left > 0; left--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
            if (random.Next(4) > 0)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    /// <summary>Texts in which some tokens were lost, doubled, or replaced by one of another text.</summary>
    public static IEnumerable<string> Mutations(IReadOnlyList<string> texts, int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            var tokens = Tokens(texts[random.Next(texts.Count)]);
            var others = Tokens(texts[random.Next(texts.Count)]);
            for (var changes = random.Next(1, 4); changes > 0 && tokens.Count > 0; changes--)
            {
                Change(tokens, others, random);
            }

            yield return string.Concat(tokens);
        }
    }

    private static List<string> Tokens(string sql) => [.. SqlScanner.Scan(sql).Select(token => sql.Substring(token.Start, token.Length))];

    private static void Change(List<string> tokens, List<string> others, Random random)
    {
        var at = random.Next(tokens.Count);
        switch (random.Next(3))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[random.Next(tokens.Count)]);
                break;
            default:
                tokens[at] = others[random.Next(others.Count)];
                break;
        }
    }
}
