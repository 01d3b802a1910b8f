namespace Temporalio.Exceptions;

/// <summary>A schedule with this id exists.</summary>
public class ScheduleAlreadyRunningException() : TemporalException("Schedule already running");
