using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Schedules;

internal enum StopKind
{
    None,
    Cancel,
    Terminate,
}

/// <summary>What becomes of the buffered starts, by the overlap policy of each.</summary>
internal sealed class OverlapDecision
{
    private readonly bool _isRunning;

    private OverlapDecision(bool isRunning) => _isRunning = isRunning;

    /// <summary>Start beside whatever runs.</summary>
    public List<PlannedStart> Beside { get; } = [];

    /// <summary>Starts because nothing runs.</summary>
    public PlannedStart? Alone { get; private set; }

    public List<PlannedStart> Kept { get; } = [];

    public int Skipped { get; private set; }

    /// <summary>What is to be done to the runs that are in the way.</summary>
    public StopKind Stop { get; private set; }

    public static OverlapDecision Of(
        IEnumerable<PlannedStart> buffer, bool isRunning, Func<ScheduleOverlapPolicy, ScheduleOverlapPolicy> resolve)
    {
        var decision = new OverlapDecision(isRunning);
        foreach (var start in buffer)
        {
            decision.Add(start, resolve(start.Overlap));
        }

        return decision;
    }

    private void Add(PlannedStart start, ScheduleOverlapPolicy policy)
    {
        if (policy == ScheduleOverlapPolicy.AllowAll)
        {
            Beside.Add(start);
            return;
        }

        if (!_isRunning && Alone is null)
        {
            Alone = start;
            return;
        }

        switch (policy)
        {
            case ScheduleOverlapPolicy.BufferAll:
            case ScheduleOverlapPolicy.BufferOne when Kept.Count == 0:
                Kept.Add(start);
                break;
            case ScheduleOverlapPolicy.CancelOther:
                MakeWay(start, StopKind.Cancel);
                break;
            case ScheduleOverlapPolicy.TerminateOther:
                MakeWay(start, StopKind.Terminate);
                break;
            default:
                Skipped++;
                break;
        }
    }

    private void MakeWay(PlannedStart start, StopKind stop)
    {
        if (!_isRunning)
        {
            // What is in the way has not begun: this one begins instead.
            Alone = start;
            return;
        }

        Kept.Add(start with { HasAsked = true });
        if (!start.HasAsked && stop > Stop)
        {
            Stop = stop;
        }
    }
}
