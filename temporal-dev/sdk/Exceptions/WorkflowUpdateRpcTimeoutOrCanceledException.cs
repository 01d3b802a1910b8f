namespace Temporalio.Exceptions;

/// <summary>The wait for an update ended before its answer. The update itself may still be accepted and complete.</summary>
public class WorkflowUpdateRpcTimeoutOrCanceledException(Exception? inner)
    : RpcTimeoutOrCanceledException("The wait for the update timed out or was cancelled.", inner);
