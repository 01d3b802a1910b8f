namespace Orchestrator.Cli.Rendering;

/// <summary>Lines that are rewritten in place when they have changed: in a terminal only, and never wider or higher than it.</summary>
internal sealed class TreeScreen(TextWriter output, Func<(int Width, int Height)> size)
{
    private static readonly (int Width, int Height) Usual = (80, 24);

    private int _shown;
    private ((int Width, int Height) Size, string Text)? _last;

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

    public void Show(IReadOnlyList<string> lines)
    {
        var (width, height) = size();
        // The end is what is going on now; a program longer than the screen loses its beginning.
        var fitting = lines.Count < height ? lines : [.. lines.Skip(lines.Count - height + 1)];
        var text = string.Join('\n', fitting.Select(line => line.Length < width ? line : line[..(width - 1)]));
        // A terminal of another size has wrapped or cut what was there.
        if (_last == ((width, height), text))
        {
            return;
        }

        _last = ((width, height), text);
        output.Write($"{(_shown > 0 ? $"\x1b[{_shown}A" : "")}\r\x1b[J{text}\n");
        output.Flush();
        _shown = fitting.Count;
    }
}
