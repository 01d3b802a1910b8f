namespace Temporalio.Activities;

/// <summary>Why an activity's token was cancelled.</summary>
public enum ActivityCancelReason
{
    /// <summary>It was not cancelled.</summary>
    None,

    /// <summary>The server knows the activity no longer: its workflow has ended or it has timed out there.</summary>
    GoneFromServer,

    CancelRequested,

    Timeout,

    WorkerShutdown,

    /// <summary>Recording a heartbeat failed.</summary>
    HeartbeatRecordFailure,

    Paused,

    Reset,
}

/// <summary>Everything that was true when the activity was first cancelled.</summary>
public record ActivityCancellationDetails
{
    public bool IsGoneFromServer { get; init; }

    public bool IsCancelRequested { get; init; }

    public bool IsTimedOut { get; init; }

    public bool IsWorkerShutdown { get; init; }

    public bool IsPaused { get; init; }

    public bool IsReset { get; init; }

    public bool IsHeartbeatRecordFailure { get; init; }
}

/// <summary>Thrown by an activity that somebody else will complete later, by its task token.</summary>
public class CompleteAsyncException : Exception
{
    public CompleteAsyncException()
        : base("The activity will be completed asynchronously.")
    {
    }

    public CompleteAsyncException(string message)
        : base(message)
    {
    }

    public CompleteAsyncException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
