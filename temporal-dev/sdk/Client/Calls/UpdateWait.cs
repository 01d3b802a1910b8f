using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>Tells a wait for an update that ended from an update that failed.</summary>
internal static class UpdateWait
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsEndOfWait(e))
        {
            throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
        }
    }

    private static bool IsEndOfWait(Exception e) =>
        e is OperationCanceledException
            or RpcException { Code: RpcException.StatusCode.DeadlineExceeded or RpcException.StatusCode.Cancelled };
}
