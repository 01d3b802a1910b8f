using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;

namespace TemporalDev.Server.Timers;

/// <summary>What happens in a run whose time has come.</summary>
internal sealed class Alarm(DueTimes<RunKey> due, Executions executions)
{
    public async Task WakeAsync(RunKey run, CancellationToken cancellation)
    {
        try
        {
            await executions.ChangeAsync(run, Fire, cancellation);
        }
        catch (GrpcException gone) when (gone.Code == GrpcStatusCode.NotFound)
        {
            // The run has been deleted since.
        }
    }

    private void Fire(Transition step)
    {
        if (Deadlines.Next(step.State) is not { } next || next > step.Now)
        {
            // Something else moved the deadline since; what remains is announced by nobody but us.
            due.Set(step.State.Key, Deadlines.Next(step.State));
            step.IsUnchanged = true;
            return;
        }

        Deadlines.Fire(step);
    }
}
