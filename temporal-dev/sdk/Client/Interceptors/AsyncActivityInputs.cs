namespace Temporalio.Client.Interceptors;

// Parameters may be added in later versions: change an input by "with", do not construct one.
public record HeartbeatAsyncActivityInput(AsyncActivityHandle.Reference Activity, AsyncActivityHeartbeatOptions? Options);

public record CompleteAsyncActivityInput(
    AsyncActivityHandle.Reference Activity, object? Result, AsyncActivityCompleteOptions? Options);

public record FailAsyncActivityInput(
    AsyncActivityHandle.Reference Activity, Exception Exception, AsyncActivityFailOptions? Options);

public record ReportCancellationAsyncActivityInput(
    AsyncActivityHandle.Reference Activity, AsyncActivityReportCancellationOptions? Options);
