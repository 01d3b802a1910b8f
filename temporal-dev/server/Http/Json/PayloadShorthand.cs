using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace TemporalDev.Server.Http.Json;

/// <summary>
/// Temporal's short form of payloads: the value itself instead of its bytes in base64. Only a payload that its short
/// form describes completely gets one, so what is written here is read back as it was.
/// </summary>
internal static class PayloadShorthand
{
    private const string Encoding = "encoding";
    private const string MessageType = "messageType";
    private const string MessageTypeKey = "_protoMessageType";
    private const string PlainJson = "json/plain";
    private const string ProtoJson = "json/protobuf";
    private const string Null = "binary/null";

    public static bool TryWrite(Utf8JsonWriter json, IMessage message, Action<IMessage> writeOther)
    {
        if (message is Payload payload)
        {
            return TryWrite(json, payload);
        }

        if (message is not Payloads list || !list.Payloads_.All(item => item.Metadata.ContainsKey(Encoding)))
        {
            return false;
        }

        json.WriteStartArray();
        foreach (var item in list.Payloads_)
        {
            writeOther(item);
        }

        json.WriteEndArray();
        return true;
    }

    public static void Read(JsonElement value, Payload payload)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            payload.Metadata[Encoding] = ByteString.CopyFromUtf8(Null);
            return;
        }

        if (value.ValueKind == JsonValueKind.Object && TryReadWhole(value, payload))
        {
            return;
        }

        var typeName = value.ValueKind == JsonValueKind.Object && value.TryGetProperty(MessageTypeKey, out var named) && named.ValueKind == JsonValueKind.String
            ? named.GetString()
            : null;
        payload.Metadata[Encoding] = ByteString.CopyFromUtf8(typeName is null ? PlainJson : ProtoJson);
        if (typeName is not null)
        {
            payload.Metadata[MessageType] = ByteString.CopyFromUtf8(typeName);
        }

        payload.Data = Compact(value, typeName is null ? null : MessageTypeKey);
    }

    private static bool TryWrite(Utf8JsonWriter json, Payload payload)
    {
        var encoding = payload.Metadata.TryGetValue(Encoding, out var name) ? name.ToStringUtf8() : "";
        var typeName = encoding == ProtoJson && payload.Metadata.TryGetValue(MessageType, out var type) ? type.ToStringUtf8() : null;
        var isWhole = encoding == PlainJson ? payload.Metadata.Count == 1 : typeName is not null && payload.Metadata.Count == 2;
        if (!isWhole || Parse(payload.Data) is not { } document)
        {
            return false;
        }

        using (document)
        {
            var value = document.RootElement;
            if (value.ValueKind == JsonValueKind.Null || typeName is not null && value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            Write(json, value, typeName);
            return true;
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, string? typeName)
    {
        if (typeName is null)
        {
            value.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteString(MessageTypeKey, typeName);
        foreach (var property in value.EnumerateObject())
        {
            property.WriteTo(json);
        }

        json.WriteEndObject();
    }

    /// <summary>Metadata with an encoding, and data, and nothing else, all of it base64: then it is a payload and not somebody's value.</summary>
    private static bool TryReadWhole(JsonElement value, Payload payload)
    {
        if (!value.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object || !metadata.TryGetProperty(Encoding, out _))
        {
            return false;
        }

        var hasData = value.TryGetProperty("data", out var data);
        if (value.EnumerateObject().Count() != (hasData ? 2 : 1))
        {
            return false;
        }

        var read = new Payload();
        foreach (var entry in metadata.EnumerateObject())
        {
            if (Base64.TryRead(entry.Value) is not { } bytes)
            {
                return false;
            }

            read.Metadata[entry.Name] = bytes;
        }

        if (!hasData)
        {
            if (read.Metadata[Encoding].ToStringUtf8() != Null)
            {
                return false;
            }
        }
        else if (Base64.TryRead(data) is { } bytes)
        {
            read.Data = bytes;
        }
        else
        {
            return false;
        }

        payload.MergeFrom(read);
        return true;
    }

    private static JsonDocument? Parse(ByteString data)
    {
        try
        {
            return JsonDocument.Parse(data.Memory);
        }
        catch (JsonException)
        {
            // The encoding promises JSON and the bytes are none: they are shown as they are.
            return null;
        }
    }

    private static ByteString Compact(JsonElement value, string? without)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            if (without is null)
            {
                value.WriteTo(json);
            }
            else
            {
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject().Where(property => property.Name != without))
                {
                    property.WriteTo(json);
                }

                json.WriteEndObject();
            }
        }

        return ByteString.CopyFrom(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
