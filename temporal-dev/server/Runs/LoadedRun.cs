using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>A run in memory: its state, the bytes of its last commit, and the newest part of its history as the store has it.</summary>
internal sealed class LoadedRun(RunState state, byte[] committed)
{
    /// <summary>How much history a run may keep in memory; older events are read from the store.</summary>
    private const int TailLimitBytes = 256 * 1024;

    /// <summary>What a state takes without its texts, by counting a heap of 1,600 of them.</summary>
    private const int FixedBytes = 3000;

    /// <summary>Strings take twice what they take in the committed bytes, and the committed bytes themselves are kept.</summary>
    private const int StateFactor = 4;

    /// <summary>An id as text in a set.</summary>
    private const int SignalBytes = 150;

    // As bytes: a decoded event is ten times as large, and most are never asked for again.
    private readonly List<EventBatch> _tail = [];
    private readonly int _firstEventBytes = state.FirstEvent.CalculateSize();
    private int _tailBytes;

    public RunState State { get; private set; } = state;

    public byte[] Committed { get; private set; } = committed;

    /// <summary>About how much memory this takes.</summary>
    public long Bytes => FixedBytes + ((long)StateFactor * Committed.Length) + ((long)SignalBytes * State.SignalCount) + _firstEventBytes + _tailBytes;

    /// <summary>The first event that is in memory; one past the history when none is.</summary>
    public long TailStart => _tail.Count > 0 ? _tail[0].FirstEventId : State.NextEventId;

    public void Commit(byte[] written, EventBatch? batch)
    {
        Committed = written;
        State.SignalIds.Commit();
        if (batch is null)
        {
            return;
        }

        _tail.Add(batch);
        _tailBytes += batch.Events.Length;
        if (_tailBytes > TailLimitBytes)
        {
            _tail.Clear();
            _tailBytes = 0;
        }
    }

    /// <summary>Forgets what a transition did before it failed.</summary>
    public void Rollback()
    {
        var signals = State.SignalIds;
        signals.Rollback();
        State = RunCodec.Decode(Committed, State.FirstEvent);
        State.SignalIds = signals;
    }

    public IReadOnlyList<HistoryEvent> Tail(long first, long last)
    {
        var from = _tail.FindLastIndex(batch => batch.FirstEventId <= first);
        return
        [
            .. _tail.Skip(from)
                .TakeWhile(batch => batch.FirstEventId <= last)
                .SelectMany(RunCodec.Decode)
                .Where(item => item.EventId >= first && item.EventId <= last),
        ];
    }
}
