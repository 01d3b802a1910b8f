using Orchestrator.Cli.Programs;

namespace Orchestrator.Cli.Rendering;

/// <summary>What a live view shows of a program: the tree, how fast it goes, and since when it has been like that.</summary>
internal sealed class LiveTree(string program)
{
    // Rows move all the time; nobody reads more than one figure a second.
    private static readonly TimeSpan FigureStands = TimeSpan.FromSeconds(1);

    private readonly Pace _pace = new();
    private ProgramLook? _measured;
    private string? _figure;
    private DateTimeOffset _figureSince;
    private IReadOnlyList<string> _tree = [program];
    private DateTimeOffset? _treeSince;

    /// <param name="look">Null while the program has not answered yet.</param>
    /// <param name="hint">The last line, for people.</param>
    public IReadOnlyList<string> Lines(ProgramLook? look, string hint, DateTimeOffset now)
    {
        Measure(look, now);
        IReadOnlyList<string> tree = look is null ? [program] : StatusTree.Render(look, _figure);
        if (_treeSince is null || !tree.SequenceEqual(_tree))
        {
            (_tree, _treeSince) = (tree, now);
        }

        return [.. _tree, $"Since {_treeSince.Value.LocalDateTime:HH:mm:ss}. {hint}".TrimEnd()];
    }

    private void Measure(ProgramLook? look, DateTimeOffset now)
    {
        // One look is one measurement, however often it is shown.
        if (ReferenceEquals(look, _measured))
        {
            return;
        }

        _measured = look;
        if (look?.Progress is not { } progress)
        {
            _figure = null;
            return;
        }

        _pace.See(now, progress.Walked);
        if (_figure is null || now - _figureSince >= FigureStands)
        {
            (_figure, _figureSince) = (_pace.Describe(progress), now);
        }
    }
}
