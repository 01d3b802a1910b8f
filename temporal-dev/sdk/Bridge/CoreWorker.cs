using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using Coresdk;
using Coresdk.WorkflowCompletion;
using Google.Protobuf;
using Temporalio.Api.History.V1;

namespace Temporalio.Bridge;

/// <summary>One worker of the core, or one replay of histories.</summary>
internal sealed class CoreWorker
{
    // The language's client has reached the server before: what refuses now is mostly being started again.
    private static readonly TimeSpan ConnectFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(200);

    private readonly CoreProcess _core;
    private readonly uint _client;
    private readonly uint _worker;

    private CoreWorker(CoreProcess core, uint client, uint worker)
    {
        _core = core;
        _client = client;
        _worker = worker;
    }

    /// <summary>Completes when the process of the core has ended.</summary>
    public Task<BridgeException> CoreEnded => _core.Ended;

    /// <exception cref="BridgeException">The server cannot be reached, or it does not know the namespace.</exception>
    public static async Task<CoreWorker> ConnectAsync(CoreProcess core, byte[] clientOptions, byte[] workerOptions, TimeProvider time, CancellationToken stop)
    {
        var client = await ConnectClientAsync(core, clientOptions, time, stop);
        try
        {
            var worker = new CoreWorker(core, client, Handle(await core.CallAsync(BridgeFunction.NewWorker, client, workerOptions)));
            await core.CallAsync(BridgeFunction.Validate, worker._worker);
            return worker;
        }
        catch (BridgeException)
        {
            await CloseClientAsync(core, client);
            throw;
        }
    }

    public static async Task<CoreWorker> ReplayAsync(CoreProcess core, byte[] workerOptions)
    {
        return new(core, 0, Handle(await core.CallAsync(BridgeFunction.NewReplayWorker, 0, workerOptions)));
    }

    public IDisposable Log(Microsoft.Extensions.Logging.ILoggerFactory factory) => _core.Log.Attach(factory);

    public ChannelReader<byte[]> PollWorkflowActivations() => _core.Stream(BridgeFunction.PollWorkflowActivations, _worker);

    public ChannelReader<byte[]> PollActivityTasks() => _core.Stream(BridgeFunction.PollActivityTasks, _worker);

    public Task CompleteAsync(WorkflowActivationCompletion completion) =>
        _core.CallAsync(BridgeFunction.CompleteWorkflowActivation, _worker, completion);

    public Task CompleteAsync(ActivityTaskCompletion completion) =>
        _core.CallAsync(BridgeFunction.CompleteActivityTask, _worker, completion);

    public Task RecordHeartbeatAsync(ActivityHeartbeat heartbeat) => _core.CallAsync(BridgeFunction.RecordHeartbeat, _worker, heartbeat);

    public Task PushHistoryAsync(string workflowId, History history)
    {
        var id = Encoding.UTF8.GetBytes(workflowId);
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)id.Length);
        using var events = new MemoryStream();
        history.WriteDelimitedTo(events);
        return _core.CallAsync(BridgeFunction.PushHistory, _worker, [.. length, .. id, .. events.ToArray()]);
    }

    public Task CloseHistoryStreamAsync() => _core.CallAsync(BridgeFunction.CloseHistoryStream, _worker);

    public Task UpdateApiKeyAsync(string apiKey) => _core.CallAsync(BridgeFunction.UpdateApiKey, _client, Encoding.UTF8.GetBytes(apiKey));

    /// <summary>Polls end after this; tasks that were already taken are still delivered.</summary>
    public Task InitiateShutdownAsync() => _core.CallAsync(BridgeFunction.InitiateShutdown, _worker);

    /// <summary>Only after both streams of tasks have ended and every task was completed.</summary>
    public async Task FinalizeShutdownAsync()
    {
        await _core.CallAsync(BridgeFunction.FinalizeShutdown, _worker);
        await _core.CallAsync(BridgeFunction.Forget, _worker);
        if (_client != 0)
        {
            await CloseClientAsync(_core, _client);
        }
    }

    private static async Task<uint> ConnectClientAsync(CoreProcess core, byte[] options, TimeProvider time, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Handle(await core.CallAsync(BridgeFunction.Connect, 0, options));
            }
            catch (BridgeException e) when (e.IsAboutTransport && time.GetElapsedTime(started) < ConnectFor)
            {
                await Task.Delay(ConnectPause, time, stop);
            }
        }
    }

    private static async Task CloseClientAsync(CoreProcess core, uint client)
    {
        await core.CallAsync(BridgeFunction.CloseClient, client);
        await core.CallAsync(BridgeFunction.Forget, client);
    }

    private static uint Handle(byte[] answer) => BinaryPrimitives.ReadUInt32LittleEndian(answer);
}
