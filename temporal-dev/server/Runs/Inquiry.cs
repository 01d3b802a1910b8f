using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Runs;

/// <summary>Finds out what became of a run whose commit was cut off, and lets the rest of the server know.</summary>
internal sealed class Inquiry(Executions executions, Announcer announcer)
{
    public async Task AskAsync(RunKey key, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(key.Chain, cancellation);
        if (await lease.RunAsync(key.RunId, cancellation) is { } run)
        {
            announcer.Resume(run.State);
        }
    }
}
