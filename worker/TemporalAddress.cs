using Temporalio.Client;

namespace Orchestrator.Worker;

/// <summary>Where Temporal is, by the variables that every Temporal tool reads.</summary>
public static class TemporalAddress
{
    /// <param name="found">An address that was found otherwise; null: as the environment says.</param>
    public static TemporalClientConnectOptions FromEnvironment(string? found = null) => new(found ?? Environment.GetEnvironmentVariable("TEMPORAL_ADDRESS") ?? "localhost:7233")
    {
        Namespace = Environment.GetEnvironmentVariable("TEMPORAL_NAMESPACE") ?? "default",
    };
}
