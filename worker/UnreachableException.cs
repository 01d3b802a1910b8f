namespace Orchestrator.Worker;

/// <summary>The worker could not begin, because the Temporal service is not there.</summary>
public sealed class UnreachableException(string message, Exception reason) : Exception(message, reason);
