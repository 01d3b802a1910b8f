using TemporalDev.Server.Engine;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Timers;
using TemporalDev.Server.Updates;

namespace Orchestrator.Tests.Server;

/// <summary>What runs need of a server, for tests that have no server.</summary>
internal static class Announcers
{
    public static Announcer Of(TimeProvider time, ScheduleWatch schedules) => new(
        new TaskQueues(time), new DueTimes<RunKey>(time), new RunSignals(), new QueryBoard(), new UpdateBoard(), new DueTimes<RunKey>(time), schedules, null);
}
