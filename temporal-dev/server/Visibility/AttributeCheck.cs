using System.Text.Json;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>Whether search attributes may be set: known names, values of their types, sizes within the limits.</summary>
internal static class AttributeCheck
{
    /// <summary>What is wrong, as a sentence; null when nothing is.</summary>
    public static string? Problem(SearchAttributes? attributes, AttributeSchema schema, string namespaceName)
    {
        if (attributes is null)
        {
            return null;
        }

        var fields = attributes.IndexedFields;
        if (fields.Count > Limits.SearchAttributeKeys)
        {
            return $"number of search attributes {fields.Count} exceeds limit {Limits.SearchAttributeKeys}";
        }

        var total = fields.Sum(pair => pair.Key.Length + pair.Value.Data.Length);
        return fields.Select(pair => Problem(pair.Key, pair.Value, schema, namespaceName)).FirstOrDefault(found => found is not null)
            ?? (total > Limits.SearchAttributesBytes
                ? $"total size of search attributes {total} exceeds size limit {Limits.SearchAttributesBytes}"
                : null);
    }

    private static string? Problem(string name, Payload value, AttributeSchema schema, string namespaceName)
    {
        if (KnownAttributes.System.ContainsKey(name))
        {
            return $"{name} attribute can't be set in SearchAttributes";
        }

        if (schema.Settable(name) is not { } type)
        {
            return $"Namespace {namespaceName} has no mapping defined for search attribute {name}";
        }

        if (value.Data.Length > Limits.SearchAttributeValueBytes)
        {
            return $"search attribute {name} value size {value.Data.Length} exceeds size limit {Limits.SearchAttributeValueBytes}";
        }

        return Fits(value, type) ? null : $"invalid value for search attribute {name} of type {type}: {value.Data.ToStringUtf8()}";
    }

    private static bool Fits(Payload value, IndexedValueType type)
    {
        if (value.Data.IsEmpty)
        {
            return true;
        }

        try
        {
            using var json = JsonDocument.Parse(value.Data.Memory);
            // Older SDKs send every value as a list.
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? json.RootElement.EnumerateArray().All(item => Fits(item, type))
                : json.RootElement.ValueKind == JsonValueKind.Null || Fits(json.RootElement, type);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Fits(JsonElement value, IndexedValueType type) => type switch
    {
        IndexedValueType.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        IndexedValueType.Double => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out _),
        IndexedValueType.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        IndexedValueType.Datetime => value.ValueKind == JsonValueKind.String && Instant.TryParse(value.GetString()!) is not null,
        _ => value.ValueKind == JsonValueKind.String,
    };
}
