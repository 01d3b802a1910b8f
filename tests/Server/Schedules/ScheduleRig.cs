using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace Orchestrator.Tests.Server.Schedules;

/// <summary>The schedules of a service without its sockets and loops: the test is the clock. A second one on the same store is a restart.</summary>
internal sealed class ScheduleRig
{
    private readonly Executions _executions;

    public ScheduleRig(IStore store, ManualTime time)
    {
        Time = time;
        Watch = new ScheduleWatch(time);
        _executions = new Executions(new ChainCache(store, time, Announcers.Of(time, Watch)));
        var work = new ScheduleWork(store, _executions, new Starter(_executions), Watch, time, NullLogger<ScheduleWork>.Instance);
        Desk = new ScheduleDesk(store, work, Watch, time);
    }

    public ManualTime Time { get; }

    public ScheduleWatch Watch { get; }

    public ScheduleDesk Desk { get; }

    /// <summary>Time passes, and every schedule that is due by then is woken as the clock would.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Time.Pass(time);
        while (Watch.Due.Earliest <= Time.GetUtcNow())
        {
            await Desk.WakeAsync(await Watch.Due.NextAsync(default), default);
            Watch.Due.Done();
        }
    }

    public Task<ScheduleState> ReadAsync(ScheduleKey key) => Desk.ReadAsync(key, state => state, default);

    public Task<RunState> RunAsync(ScheduleKey key, WorkflowExecution run) =>
        _executions.ReadAsync(new RunKey(key.NamespaceId, run.WorkflowId, run.RunId), state => state, default);

    public Task TerminateAsync(ScheduleKey key, WorkflowExecution run) => _executions.ChangeAsync(
        new RunKey(key.NamespaceId, run.WorkflowId, run.RunId),
        step => Closing.Terminate(step, new TerminateRequest("enough", null, "test")),
        default);

    public ScheduleState NewSchedule(ScheduleOverlapPolicy overlap = default, Action<ScheduleState>? configure = null)
    {
        var state = SomeSchedule.State(overlap: overlap, now: Time.GetUtcNow());
        state.Schedule.Action = SomeSchedule.Action($"run-{Guid.NewGuid()}");
        configure?.Invoke(state);
        return state;
    }
}
