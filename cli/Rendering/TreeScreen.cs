using System.Text;

namespace Orchestrator.Cli.Rendering;

/// <summary>
/// Lines on a terminal's second screen, rewritten in place when they have changed. What was on the first one is there again when
/// this ends, with the last lines below it.
/// </summary>
internal sealed class TreeScreen(TextWriter output, Func<(int Width, int Height)> size) : IDisposable
{
    // The other screen, no cursor, and no new row for what is too wide: a character may take two columns.
    private const string Enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
    private const string Leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";

    // Terminals that know this show the rows between the two at once; the others ignore it.
    private const string Begin = "\x1b[?2026h";
    private const string End = "\x1b[?2026l";

    private static readonly (int Width, int Height) Usual = (80, 24);

    private IReadOnlyList<string> _lines = [];
    private ((int Width, int Height) Size, string Rows)? _shown;

    public static (int Width, int Height) TerminalSize()
    {
        try
        {
            // A terminal that nobody has told its size says nought.
            var (width, height) = (Console.WindowWidth, Console.WindowHeight);
            return width > 0 && height > 0 ? (Math.Max(width, 20), Math.Max(height, 5)) : Usual;
        }
        catch (IOException)
        {
            return Usual;
        }
    }

    /// <summary>Costs nothing while neither the lines nor the terminal's size have changed.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        var now = size();
        // Nothing is cleared that is written again anyway: that would flicker. What a row had more before goes with its end.
        var rows = string.Join("\r\n", TreeRows.Fit(lines, now.Width - 1, now.Height).Select(row => $"{row}\x1b[K"));
        _lines = lines;
        if (_shown == (now, rows))
        {
            return;
        }

        var text = new StringBuilder(Begin);
        text.Append(_shown is null ? Enter : _shown.Value.Size != now ? "\x1b[2J" : "");
        text.Append("\x1b[H").Append(rows).Append("\x1b[J").Append(End);
        output.Write(text);
        output.Flush();
        _shown = (now, rows);
    }

    public void Dispose()
    {
        if (_shown is not null)
        {
            output.Write(Leave);
            output.WriteLine(string.Join(Environment.NewLine, _lines));
            output.Flush();
            _shown = null;
        }
    }
}
