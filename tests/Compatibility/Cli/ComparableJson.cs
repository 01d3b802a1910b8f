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
        "taskId", "historySizeBytes", "nextPageToken", "clusterId", "durationMillis", "persistenceStore", "visibilityStore", "currentRetryInterval", "stateTransitionCount",
        // The worker's runtime, the same for both, invokes a method in another way once it has invoked it a few times.
        "stackTrace",
        // Rates of a moment.
        "tasksAddRate", "tasksDispatchRate", "backlogIncreaseRate", "last_access_time",
        // How a server divides a queue.
        "ack_level", "read_level", "rate_per_second",
        // What a server can do is not the same, and both say so; what ours leaves out is in its README.
        "capabilities", "limits", "supportedClients",
        // Worker versioning is not served, so nothing is recorded by the workers' builds.
        "autoResetPoints", "mostRecentWorkerVersionStamp", "BuildIds", "worker_version_capabilities", "TemporalPauseInfo",
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
            .Select(property => KeyValuePair.Create(property.Key, Clean(property.Value)))
            .Where(property => property.Value is not JsonObject { Count: 0 })),
        // Numbers alone are sets of flags.
        JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.Number) => new JsonArray([.. items.OrderBy(item => (int)item!).Select(item => item!.DeepClone())]),
        JsonArray items => new JsonArray([.. items.Select(Clean)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("""(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=worker-)[0-9a-f]{32}|eager-\d+)|(?<time>\d{4}-\d\d-\d\dT[0-9:.]+Z)|(?<=")\d+\.\d+s(?=")""")]
    private static partial Regex Unique();
}
