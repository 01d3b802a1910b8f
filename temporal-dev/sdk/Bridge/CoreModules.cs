using System.Reflection;

namespace Temporalio.Bridge;

/// <summary>Where the native core and the script that drives it are.</summary>
internal static class CoreModules
{
    public const string ModulesVariable = "TEMPORAL_DEV_CORE_MODULES";
    public const string NodeVariable = "TEMPORAL_DEV_NODE";
    private const string BuildMetadata = "TemporalCoreModules";

    public static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "core", "bridge.mjs");

    public static string Node => Environment.GetEnvironmentVariable(NodeVariable) is { Length: > 0 } named ? named : "node";

    /// <exception cref="BridgeException">It is in none of the places where it may be.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(ModulesVariable) is { Length: > 0 } named)
        {
            return Has(named)
                ? named
                : throw new BridgeException($"{ModulesVariable} is {named}, but @temporalio/core-bridge is not in that folder.");
        }

        string?[] places = [Path.Combine(AppContext.BaseDirectory, "node_modules"), BuiltWith()];
        return places.FirstOrDefault(Has) ??
            throw new BridgeException(
                $"Temporal's native core was not found: run npm ci in temporal-dev/protocol, or set {ModulesVariable} to a node_modules folder that has @temporalio/core-bridge.");
    }

    private static bool Has(string? modules) => modules != null && Directory.Exists(Path.Combine(modules, "@temporalio", "core-bridge"));

    private static string? BuiltWith() =>
        typeof(CoreModules).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == BuildMetadata)?.Value;
}
