using Temporalio.Client;
using Temporalio.Exceptions;

namespace Temporalio.Worker;

/// <summary>
/// Whether a worker that ends has still a server to hand its results to. The core would try for ever, and an activity that nobody
/// waits for any more is in the way of the worker that comes next.
/// </summary>
internal sealed class ServerWatch(IWorkerClient client, TimeProvider time)
{
    // A server that is only being restarted takes longer than this; what was under way is tried again then.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>False when the server has been silent for a while before the work was over.</summary>
    public async Task<bool> OutlastsAsync(Task work)
    {
        // Another kind of client has no connection to ask by.
        if (client is not ITemporalClient { Connection: var connection })
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        var heard = time.GetTimestamp();
        while (await Task.WhenAny(work, Task.Delay(Pause, time)) != work)
        {
            if (await AnswersAsync(connection))
            {
                heard = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(heard) >= Silence)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<bool> AnswersAsync(ITemporalConnection connection)
    {
        try
        {
            await connection.WorkflowService.GetSystemInfoAsync(new(), new() { Retry = false, Timeout = Silence });
            return true;
        }
        catch (RpcException e)
        {
            // Any other refusal comes from somebody who is there.
            return e.Code is not (RpcException.StatusCode.Unavailable or RpcException.StatusCode.DeadlineExceeded);
        }
    }
}
