using Coresdk;
using Google.Protobuf;
using Temporalio.Activities;
using Temporalio.Bridge;
using Temporalio.Converters;

namespace Temporalio.Worker.Activities;

/// <summary>Sends the latest heartbeat in the background; one that is overtaken while it waits is never sent. The core throttles.</summary>
internal sealed class ActivityHeartbeats(CoreWorker core, ByteString taskToken, DataConverter converter, ActivityCancellation cancellation)
{
    private readonly Lock _lock = new();
    private object?[]? _waiting;
    private Task _sending = Task.CompletedTask;
    private bool _busy;

    public Exception? Failure { get; private set; }

    public void Record(object?[] details)
    {
        lock (_lock)
        {
            _waiting = details;
            if (_busy)
            {
                return;
            }

            _busy = true;
            _sending = Task.Run(SendAllAsync);
        }
    }

    /// <summary>Before the result, so that the last progress is with the server when the next attempt starts.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            return _sending;
        }
    }

    private async Task SendAllAsync()
    {
        while (Take() is { } details)
        {
            try
            {
                await core.RecordHeartbeatAsync(new ActivityHeartbeat { TaskToken = taskToken, Details = { await converter.ToPayloadsAsync(details) } });
            }
#pragma warning disable CA1031 // Details that do not convert: the activity must learn that its progress is not recorded.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failure = e;
                cancellation.Cancel(
                    ActivityCancelReason.HeartbeatRecordFailure, new ActivityCancellationDetails { IsHeartbeatRecordFailure = true });
            }
        }
    }

    private object?[]? Take()
    {
        lock (_lock)
        {
            var details = _waiting;
            _waiting = null;
            _busy = details != null;
            return details;
        }
    }
}
