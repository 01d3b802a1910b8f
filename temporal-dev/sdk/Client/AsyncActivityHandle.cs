namespace Temporalio.Client;

/// <summary>An activity that is finished from outside the worker that started it.</summary>
public record AsyncActivityHandle(ITemporalClient Client, AsyncActivityHandle.Reference Activity)
{
    /// <exception cref="Exceptions.AsyncActivityCanceledException">
    /// Cancellation was requested: stop, then call <see cref="ReportCancellationAsync" />.
    /// </exception>
    public Task HeartbeatAsync(AsyncActivityHeartbeatOptions? options = null) =>
        Client.OutboundInterceptor.HeartbeatAsyncActivityAsync(new(Activity, options));

    public Task CompleteAsync(object? result = null, AsyncActivityCompleteOptions? options = null) =>
        Client.OutboundInterceptor.CompleteAsyncActivityAsync(new(Activity, result, options));

    public Task FailAsync(Exception exception, AsyncActivityFailOptions? options = null) =>
        Client.OutboundInterceptor.FailAsyncActivityAsync(new(Activity, exception, options));

    public Task ReportCancellationAsync(AsyncActivityReportCancellationOptions? options = null) =>
        Client.OutboundInterceptor.ReportCancellationAsyncActivityAsync(new(Activity, options));

    /// <summary>How the server knows the activity.</summary>
    public abstract record Reference
    {
        private protected Reference()
        {
        }
    }

    public record IdReference(string WorkflowId, string? RunId, string ActivityId) : Reference;

    public record TaskTokenReference(byte[] TaskToken) : Reference;
}
