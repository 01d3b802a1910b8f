using TemporalDev.Server.Engine;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>A run in memory: its state, the bytes of its last commit, and the newest part of its history.</summary>
internal sealed class LoadedRun(RunState state, byte[] committed)
{
    /// <summary>How much history a run may keep in memory; older events are read from the store.</summary>
    private const int TailBytes = 256 * 1024;

    private readonly List<HistoryEvent> _tail = [];
    private int _tailBytes;

    public RunState State { get; private set; } = state;

    public byte[] Committed { get; private set; } = committed;

    /// <summary>The first event that is in memory; one past the history when none is.</summary>
    public long TailStart => _tail.Count > 0 ? _tail[0].EventId : State.NextEventId;

    public void Commit(byte[] written, IReadOnlyList<HistoryEvent> events, int eventBytes)
    {
        Committed = written;
        _tail.AddRange(events);
        _tailBytes += eventBytes;
        if (_tailBytes > TailBytes)
        {
            _tail.Clear();
            _tailBytes = 0;
        }
    }

    /// <summary>Forgets what a transition did before it failed.</summary>
    public void Rollback() => State = RunCodec.Decode(Committed, State.FirstEvent);

    public IReadOnlyList<HistoryEvent> Tail(long first, long last) =>
        [.. _tail.Where(item => item.EventId >= first && item.EventId <= last)];
}
