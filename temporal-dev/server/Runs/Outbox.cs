using System.Threading.Channels;
using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Runs;

/// <summary>The runs that have messages for others, each at most once in the line.</summary>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly HashSet<RunKey> _posted = [];
    private readonly Channel<RunKey> _line = Channel.CreateUnbounded<RunKey>();

    public void Post(RunKey run)
    {
        lock (_gate)
        {
            if (_posted.Add(run))
            {
                _line.Writer.TryWrite(run);
            }
        }
    }

    public async Task<RunKey> NextAsync(CancellationToken cancellation)
    {
        var run = await _line.Reader.ReadAsync(cancellation);
        lock (_gate)
        {
            _posted.Remove(run);
        }

        return run;
    }
}
