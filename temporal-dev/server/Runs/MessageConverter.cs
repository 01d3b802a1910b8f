using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;

namespace TemporalDev.Server.Runs;

/// <summary>Protobuf messages inside a stored state, as base64 of their wire form.</summary>
internal sealed class MessageConverter<T> : JsonConverter<T>
    where T : class, IMessage<T>, new()
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var message = new T();
        message.MergeFrom(reader.GetBytesFromBase64());
        return message;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.ToByteArray());
}
