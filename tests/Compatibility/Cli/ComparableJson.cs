using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Compatibility.Cli;

/// <summary>What the CLI printed, without what two servers cannot have in common: ids, times and what is made of them.</summary>
internal static partial class ComparableJson
{
    // Sizes count bytes of ids and times as each server encodes them.
    private static readonly HashSet<string> Left =
    [
        "taskId", "historySizeBytes", "HistorySizeBytes", "nextPageToken", "clusterId", "taskToken",
    ];

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string output)
    {
        var text = Unique().Replace(output, match => match.Groups["id"].Success ? "ID" : match.Groups["time"].Success ? "TIME" : "DURATION");
        return TryParse(text) is { } json ? Clean(json)?.ToJsonString(Readable) ?? "null" : text.Trim();
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item
            .Where(property => !Left.Contains(property.Key))
            .OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => KeyValuePair.Create(property.Key, Clean(property.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => Clean(item))]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("""(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(?<time>\d{4}-\d\d-\d\dT[0-9:.]+Z)|(?<=")\d+\.\d+s(?=")""")]
    private static partial Regex Unique();
}
