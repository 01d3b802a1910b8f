using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Tests.House;

namespace Orchestrator.Tests.Compatibility;

/// <summary>Scenarios that the embedded service does not pass yet: the beginning of their names, and why.</summary>
internal sealed record NotYet(string Scenarios, string Because)
{
    public static ImmutableArray<NotYet> All { get; } =
    [
        .. JsonSerializer.Deserialize<NotYet[]>(
            File.ReadAllText(Path.Combine(SourceTree.Root, "tests", "conformance", "not-yet.json")), JsonSerializerOptions.Web)!,
    ];

    public bool Covers(string scenario) => scenario.StartsWith(Scenarios, StringComparison.Ordinal);
}
