namespace Orchestrator.Cli.Rendering;

/// <summary>Lines of text. In a terminal the progress rewrites its own line; in a pipe it is a line now and then.</summary>
internal sealed class TextView(TextWriter output, TimeProvider time, bool terminal) : IFollowView
{
    private static readonly TimeSpan ProgressInPipe = TimeSpan.FromSeconds(5);

    private DateTimeOffset _lastProgress;
    private bool _onProgressLine;

    public void Show(FollowEvent happened)
    {
        LeaveProgressLine();
        var mark = happened.Kind switch
        {
            FollowKind.Batch => "==",
            FollowKind.Gate or FollowKind.Decision or FollowKind.Refusal => "??",
            _ => "  ",
        };
        output.WriteLine($"{time.GetLocalNow():HH:mm:ss} {mark} {happened.Text}");
    }

    public void ShowProgress(string batch, string step, string text)
    {
        if (terminal)
        {
            var line = $"{time.GetLocalNow():HH:mm:ss}    {step}: {text}";
            output.Write($"\r{Fit(line)}");
            output.Flush();
            _onProgressLine = true;
        }
        else if (time.GetUtcNow() - _lastProgress >= ProgressInPipe)
        {
            _lastProgress = time.GetUtcNow();
            output.WriteLine($"{time.GetLocalNow():HH:mm:ss}    {step}: {text}");
        }
    }

    public void Ask(string question)
    {
        LeaveProgressLine();
        // In a terminal the answer is typed behind the question; what comes next while it stands goes below it.
        output.Write(terminal ? question : question + Environment.NewLine);
        output.Flush();
        _onProgressLine = terminal;
    }

    private void LeaveProgressLine()
    {
        if (_onProgressLine)
        {
            output.WriteLine();
            _onProgressLine = false;
        }
    }

    // Padded, so that nothing of a longer line before it stays; cut, because a line that wraps cannot be rewritten.
    private static string Fit(string line)
    {
        var width = TreeScreen.TerminalSize().Width;
        return line.Length < width ? line.PadRight(width - 1) : line[..(width - 1)];
    }
}
