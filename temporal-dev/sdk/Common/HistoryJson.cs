using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Temporalio.Common;

/// <summary>
/// Older tools wrote enum values as <c>WorkflowExecutionStarted</c> where protobuf's JSON says
/// <c>EVENT_TYPE_WORKFLOW_EXECUTION_STARTED</c>. This walks a message's JSON along its descriptor and corrects them.
/// </summary>
internal static class HistoryJson
{
    public static void CorrectEnums(JsonObject json, MessageDescriptor message)
    {
        // Well-known types have JSON forms of their own, which hold no enums of ours.
        if (message.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal))
        {
            return;
        }

        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var name = json.ContainsKey(field.JsonName) ? field.JsonName : field.Name;
            if (json[name] is { } value)
            {
                CorrectField(json, name, value, field);
            }
        }
    }

    private static void CorrectField(JsonObject json, string name, JsonNode value, FieldDescriptor field)
    {
        switch (value)
        {
            case JsonObject entries when field.IsMap:
                foreach (var (key, entry) in entries.ToArray())
                {
                    Correct(entry, field.MessageType.FindFieldByName("value"), corrected => entries[key] = corrected);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    var position = i;
                    Correct(items[i], field, corrected => items[position] = corrected);
                }

                break;
            default:
                Correct(value, field, corrected => json[name] = corrected);
                break;
        }
    }

    private static void Correct(JsonNode? value, FieldDescriptor field, Action<string> replace)
    {
        switch (value)
        {
            case JsonObject nested when field.FieldType == FieldType.Message:
                CorrectEnums(nested, field.MessageType);
                break;
            case JsonValue text when field.FieldType == FieldType.Enum && text.TryGetValue(out string? name):
                replace(ProtoName(field.EnumType, name));
                break;
        }
    }

    private static string ProtoName(EnumDescriptor type, string name)
    {
        if (type.FindValueByName(name) is not null)
        {
            return name;
        }

        // EVENT_TYPE_TIMER_FIRED is TimerFired without its underscores and without its type's name.
        var prefix = type.Name;
        var match = type.Values.FirstOrDefault(candidate =>
            Squeezed(candidate.Name) is var squeezed
            && (Same(squeezed, name) || Same(squeezed, prefix + name)));
        return match?.Name ?? name;
    }

    private static string Squeezed(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal);

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
