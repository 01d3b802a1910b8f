using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Gates;

/// <summary>Who steers a batch or a program, and why: <c>{"who":"ada","reason":"the replica lags"}</c>.</summary>
public sealed record Steer
{
    [JsonPropertyName("who")]
    public string? Who { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>As it is told to everybody else.</summary>
    public string Tell(string act) => $"{act}{(Who is null ? "" : $" by {Who}")}{(string.IsNullOrWhiteSpace(Reason) ? "." : $": {Reason}")}";
}
