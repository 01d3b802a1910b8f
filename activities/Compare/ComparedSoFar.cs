using System.Collections.Concurrent;
using Orchestrator.Activities.Transfer;

namespace Orchestrator.Activities.Compare;

/// <summary>
/// How far a comparison has come: one part of the keys after another, in the order in which they were cut. It is what a heartbeat
/// carries, so that whoever goes on after a kill begins with the first part that nobody has finished.
/// </summary>
internal sealed record ComparedSoFar
{
    // Beyond this, the tables are not what anyone would mend row by row.
    public const int RowsShown = 100;

    public required IReadOnlyList<KeySpan> Parts { get; init; }

    public int Done { get; init; }

    public long Rows { get; init; }

    public long OtherRows { get; init; }

    public long Differences { get; init; }

    /// <summary>Some differences were only counted as sums, so there may be more of them.</summary>
    public bool IsCutShort { get; init; }

    public IReadOnlyList<string> Shown { get; init; } = [];

    /// <summary>Each start reads both sides as of a new moment.</summary>
    public int Moments { get; init; } = 1;

    public ComparedSoFar With(PartDiff part) => this with
    {
        Done = Done + 1,
        Rows = Rows + part.Rows,
        OtherRows = OtherRows + part.OtherRows,
        Differences = Differences + part.Differences,
        IsCutShort = IsCutShort || part.IsCutShort,
        Shown = [.. Shown.Concat(part.Shown).Take(RowsShown)],
    };
}

/// <summary>What was found in one part.</summary>
internal sealed record PartDiff(long Rows, long OtherRows, long Differences, bool IsCutShort, IReadOnlyList<string> Shown);

/// <summary>Where the comparisons of one round write down how far they are.</summary>
internal sealed class CompareJournal(IReadOnlyDictionary<string, ComparedSoFar> before, Action<IReadOnlyDictionary<string, ComparedSoFar>> report)
{
    private readonly ConcurrentDictionary<string, ComparedSoFar> _checks = new(before);

    public static CompareJournal Unread() => new(new Dictionary<string, ComparedSoFar>(), _ => { });

    /// <summary>What an earlier attempt has left; null where there was none.</summary>
    public ComparedSoFar? Resume(string check) => _checks.TryGetValue(check, out var soFar) ? soFar with { Moments = soFar.Moments + 1 } : null;

    public void Repeat()
    {
        if (!_checks.IsEmpty)
        {
            report(new Dictionary<string, ComparedSoFar>(_checks));
        }
    }

    public void Note(string check, ComparedSoFar soFar)
    {
        _checks[check] = soFar;
        report(new Dictionary<string, ComparedSoFar>(_checks));
    }
}
