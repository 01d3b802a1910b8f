using System.Text.Json.Nodes;
using Orchestrator.Tests.House;
using Temporalio.Common;

namespace Orchestrator.Tests.Workflows;

/// <summary>Recorded histories: one file a run, one line an event, the workflow's id beside them.</summary>
internal static class HistoryFolder
{
    // Who recorded it, and where, is nobody's business and no part of what is replayed; nor is what only people read.
    private static readonly HashSet<string> Unneeded =
        ["identity", "requestId", "taskId", "stackTrace", "workerVersion", "userMetadata", "meteringMetadata", "historySizeBytes", "header"];

    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "Workflows", "Histories");

    public static IReadOnlyList<string> Names => [.. Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    public static WorkflowHistory Read(string name)
    {
        var json = File.ReadAllText(Path.Combine(Folder, $"{name}.json"));
        return WorkflowHistory.FromJson(JsonNode.Parse(json)!["id"]!.GetValue<string>(), json);
    }

    public static void Write(string name, WorkflowHistory history)
    {
        Directory.CreateDirectory(Folder);
        var events = JsonNode.Parse(history.ToJson())!["events"]!.AsArray();
        foreach (var recorded in events)
        {
            Forget(recorded!);
        }

        var lines = string.Join(",\n", events.Select(e => e!.ToJsonString()));
        File.WriteAllText(Path.Combine(Folder, $"{name}.json"), $"{{\"id\":\"{history.Id}\",\"events\":[\n{lines}\n]}}\n");
    }

    private static void Forget(JsonNode node)
    {
        if (node is JsonObject record)
        {
            foreach (var name in record.Select(p => p.Key).ToList())
            {
                // A sticky queue has the name of the machine; without the other queues a history cannot be replayed.
                if (Unneeded.Contains(name) || (record[name] is JsonObject queue && queue.ContainsKey("normalName")))
                {
                    record.Remove(name);
                }
                else if (record[name] is { } value)
                {
                    Forget(value);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
            {
                Forget(item);
            }
        }
    }
}
