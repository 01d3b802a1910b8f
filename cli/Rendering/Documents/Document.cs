using System.Net;
using System.Text;

namespace Orchestrator.Cli.Rendering.Documents;

/// <summary>A text for people, written once and read as Markdown or as HTML.</summary>
internal sealed class Document(string title)
{
    private readonly List<Block> _blocks = [];

    public Document Heading(string text) => Add(new Block.Head(text));

    public Document Paragraph(string text) => Add(new Block.Text(text));

    public Document List(params IEnumerable<string> items) => Add(new Block.Items([.. items]));

    public Document Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => Add(new Block.Grid(columns, [.. rows]));

    public string ToMarkdown()
    {
        var text = new StringBuilder($"# {Inline(title)}\n");
        foreach (var block in _blocks)
        {
            text.Append('\n').Append(block switch
            {
                Block.Head head => $"## {Inline(head.Title)}\n",
                Block.Text paragraph => $"{Inline(paragraph.Content)}\n",
                Block.Items list => string.Concat(list.Entries.Select(i => $"- {Inline(i)}\n")),
                Block.Grid grid => MarkdownOf(grid),
                _ => throw new InvalidOperationException("Every block has its Markdown."),
            });
        }

        return text.ToString();
    }

    public string ToHtml()
    {
        var body = new StringBuilder($"<h1>{Html(title)}</h1>\n");
        foreach (var block in _blocks)
        {
            body.Append(block switch
            {
                Block.Head head => $"<h2>{Html(head.Title)}</h2>\n",
                Block.Text paragraph => $"<p>{Html(paragraph.Content)}</p>\n",
                Block.Items list => $"<ul>\n{string.Concat(list.Entries.Select(i => $"<li>{Html(i)}</li>\n"))}</ul>\n",
                Block.Grid grid => HtmlOf(grid),
                _ => throw new InvalidOperationException("Every block has its HTML."),
            });
        }

        return $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Html(title)}}</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-top: 1px solid #d8dee4; padding-top: 1rem; }
            table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d8dee4; overflow-wrap: anywhere; }
            @media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
            </style>
            </head>
            <body>
            {{body}}</body>
            </html>

            """;
    }

    private Document Add(Block block)
    {
        _blocks.Add(block);
        return this;
    }

    private static string MarkdownOf(Block.Grid grid)
    {
        var text = new StringBuilder($"| {string.Join(" | ", grid.Columns.Select(Cell))} |\n|{string.Concat(grid.Columns.Select(_ => "---|"))}\n");
        foreach (var row in grid.Rows)
        {
            text.Append($"| {string.Join(" | ", row.Select(Cell))} |\n");
        }

        return text.ToString();
    }

    private static string HtmlOf(Block.Grid grid) =>
        $"<table>\n<tr>{string.Concat(grid.Columns.Select(c => $"<th>{Html(c)}</th>"))}</tr>\n"
        + string.Concat(grid.Rows.Select(row => $"<tr>{string.Concat(row.Select(c => $"<td>{Html(c)}</td>"))}</tr>\n"))
        + "</table>\n";

    private static string Cell(string text) => Inline(text).Replace("|", "\\|", StringComparison.Ordinal);

    // What is shown comes from plans, checks and people: none of it may become markup.
    private static string Inline(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            escaped.Append(c is '\\' or '*' or '_' or '`' or '<' or '>' or '[' or ']' or '#' ? $"\\{c}" : c.ToString());
        }

        return escaped.ToString();
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private abstract record Block
    {
        public sealed record Head(string Title) : Block;

        public sealed record Text(string Content) : Block;

        public sealed record Items(IReadOnlyList<string> Entries) : Block;

        public sealed record Grid(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block;
    }
}
