using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Engine;

/// <summary>The four timeouts of an activity after the missing ones have been filled and all have been cut to fit each other.</summary>
internal sealed record ActivityTimeouts(TimeSpan ScheduleToClose, TimeSpan ScheduleToStart, TimeSpan StartToClose, TimeSpan Heartbeat)
{
    public static ActivityTimeouts Fill(ScheduleActivityTaskCommandAttributes command, RunState state)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
        Require.NotNegative(command.ScheduleToCloseTimeout, "ScheduleToCloseTimeout", bad);
        Require.NotNegative(command.ScheduleToStartTimeout, "ScheduleToStartTimeout", bad);
        Require.NotNegative(command.StartToCloseTimeout, "StartToCloseTimeout", bad);
        Require.NotNegative(command.HeartbeatTimeout, "HeartbeatTimeout", bad);
        var close = Span(command.ScheduleToCloseTimeout);
        var start = Span(command.ScheduleToStartTimeout);
        var work = Span(command.StartToCloseTimeout);
        if (close == TimeSpan.Zero && work == TimeSpan.Zero)
        {
            throw new WorkflowTaskRefusal(bad, "A valid StartToClose or ScheduleToCloseTimeout is not set on command.");
        }

        if (close > TimeSpan.Zero)
        {
            start = start > TimeSpan.Zero ? Least(start, close) : close;
            work = work > TimeSpan.Zero ? Least(work, close) : close;
        }
        else
        {
            close = state.RunTimeout;
            start = start > TimeSpan.Zero ? start : state.RunTimeout;
        }

        var run = state.RunTimeout;
        work = Least(work, run);
        return new ActivityTimeouts(Least(close, run), Least(start, run), work, Least(Span(command.HeartbeatTimeout), work));
    }

    private static TimeSpan Span(Duration? value) => value?.ToTimeSpan() ?? TimeSpan.Zero;

    /// <summary>Zero stands for "no limit".</summary>
    private static TimeSpan Least(TimeSpan value, TimeSpan limit) =>
        limit > TimeSpan.Zero && value > limit ? limit : value;
}
