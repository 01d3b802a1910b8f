using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Gates;

[JsonConverter(typeof(JsonStringEnumConverter<Answer>))]
public enum Answer
{
    Go,
    NoGo,
}

/// <summary>What a person sends with the signal <c>go</c> or <c>no-go</c>: <c>{"who":"ada","comment":"checked"}</c>.</summary>
public sealed record Word
{
    [JsonPropertyName("who")]
    public string? Who { get; init; }

    [JsonPropertyName("role")]
    public string? Role { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    /// <summary>The digest of the evidence that the person saw. Left out, it is the evidence as it stands.</summary>
    [JsonPropertyName("evidence")]
    public string? Evidence { get; init; }

    /// <summary>Base64 of the signature of the person's key over <see cref="Signing.TextOf"/>.</summary>
    [JsonPropertyName("signature")]
    public string? Signature { get; init; }
}

/// <summary>What a person sends with the update <c>decide</c>.</summary>
public sealed record Decision
{
    [JsonPropertyName("answer")]
    public required Answer Answer { get; init; }

    [JsonPropertyName("who")]
    public string? Who { get; init; }

    [JsonPropertyName("role")]
    public string? Role { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("evidence")]
    public string? Evidence { get; init; }

    [JsonPropertyName("signature")]
    public string? Signature { get; init; }

    /// <param name="answer">Which signal it came with.</param>
    /// <param name="word">Null where somebody sent the JSON <c>null</c>: a word without a name.</param>
    public static Decision Of(Answer answer, Word? word) => new()
    {
        Answer = answer,
        Who = word?.Who,
        Role = word?.Role,
        Comment = word?.Comment,
        Evidence = word?.Evidence,
        Signature = word?.Signature,
    };
}
