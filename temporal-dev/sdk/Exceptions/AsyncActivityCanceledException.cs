namespace Temporalio.Exceptions;

/// <summary>A heartbeat from outside learned that the activity's cancellation was requested.</summary>
public class AsyncActivityCanceledException() : TemporalException("Activity cancelled");
