using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;

namespace Temporalio.Common;

/// <summary>
/// Search attributes on the wire: plain JSON with the type in the metadata. Never through the user's converter or
/// codec, because the server reads them.
/// </summary>
internal static class SearchAttributePayloads
{
    private const string TypeMetadata = "type";

    private static readonly Dictionary<IndexedValueType, ByteString> NamesByType =
        Enum.GetValues<IndexedValueType>().ToDictionary(type => type, type => ByteString.CopyFromUtf8(type.ToString()));

    private static readonly Dictionary<ByteString, IndexedValueType> TypesByName =
        NamesByType.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <param name="value">Null to remove the attribute.</param>
    public static Payload Write(SearchAttributeKey key, object? value)
    {
        var payload = DataConverter.Default.PayloadConverter.ToPayload(value);
        payload.Metadata[TypeMetadata] = NamesByType[key.ValueType];
        return payload;
    }

    /// <returns>Null for an attribute without a value, which old servers send.</returns>
    public static (IndexedValueType Type, object Value)? Read(string name, Payload payload)
    {
        if (!payload.Metadata.TryGetValue(TypeMetadata, out var typeName) || !TypesByName.TryGetValue(typeName, out var type))
        {
            throw new ArgumentException(
                $"Search attribute {name} has the type '{typeName?.ToStringUtf8()}', which is not known here.", nameof(payload));
        }

        var json = DataConverter.Default.PayloadConverter.ToValue<JsonElement?>(payload);
        return json is not { ValueKind: not JsonValueKind.Null } element ? null : (type, Value(name, element, type));
    }

    private static object Value(string name, JsonElement element, IndexedValueType type) => element.ValueKind switch
    {
        JsonValueKind.Array => (string[])[.. element.EnumerateArray().Select(item => item.ToString())],
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        JsonValueKind.Number when type == IndexedValueType.Int => element.GetInt64(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String when type == IndexedValueType.Datetime && element.TryGetDateTimeOffset(out var time) => time,
        // The server accepts one keyword where it stores a list.
        JsonValueKind.String when type == IndexedValueType.KeywordList => (string[])[element.GetString()!],
        JsonValueKind.String => element.GetString()!,
        _ => throw new ArgumentException($"Search attribute {name} holds JSON of kind {element.ValueKind}."),
    };
}
