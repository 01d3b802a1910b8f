namespace Temporalio.Bridge;

/// <summary>What the bridge can be asked to do. The numbers are positions in the list of core/bridge.mjs.</summary>
internal enum BridgeFunction : byte
{
    Connect = 0,
    CloseClient = 1,
    NewWorker = 2,
    NewReplayWorker = 3,
    Validate = 4,
    PollWorkflowActivations = 5,
    PollActivityTasks = 6,
    CompleteWorkflowActivation = 7,
    CompleteActivityTask = 8,
    RecordHeartbeat = 9,
    InitiateShutdown = 10,
    FinalizeShutdown = 11,
    PushHistory = 12,
    CloseHistoryStream = 13,
    UpdateApiKey = 14,
    Forget = 15,
}

internal enum BridgeAnswer : byte
{
    Done = 0,
    Failed = 1,
    Item = 2,
    Log = 3,
}
