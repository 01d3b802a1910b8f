using System.Text.Json.Nodes;
using Google.Protobuf;
using Temporalio.Api.History.V1;

namespace Temporalio.Common;

/// <summary>The events of one run, for replay and for keeping.</summary>
public record WorkflowHistory(string Id, IReadOnlyCollection<HistoryEvent> Events)
{
    // A history exported from a newer server must still replay.
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Reads what <see cref="ToJson()" />, the Temporal CLI or the web UI wrote.</summary>
    public static WorkflowHistory FromJson(string workflowId, string json)
    {
        if (JsonNode.Parse(json) is not JsonObject history)
        {
            throw new ArgumentException("A history in JSON is an object with a list of events.", nameof(json));
        }

        HistoryJson.CorrectEnums(history, History.Descriptor);
        return new(workflowId, Parser.Parse<History>(history.ToJsonString()).Events);
    }

    /// <summary>Without the workflow id, as other tools write it.</summary>
    public string ToJson() => JsonFormatter.Default.Format(ToProto());

    public void ToJson(TextWriter writer) => JsonFormatter.Default.Format(ToProto(), writer);

    private History ToProto() => new() { Events = { Events } };
}
