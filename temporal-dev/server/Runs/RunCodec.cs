using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>Run states and event batches as the bytes that stores keep.</summary>
internal static class RunCodec
{
    public static byte[] Encode(RunState state) => JsonSerializer.SerializeToUtf8Bytes(state, RunJson.Default.RunState);

    public static RunState Decode(byte[] state, HistoryEvent firstEvent)
    {
        var decoded = JsonSerializer.Deserialize(state, RunJson.Default.RunState)!;
        decoded.FirstEvent = firstEvent;
        return decoded;
    }

    public static RunState Decode(StoredRun stored) =>
        Decode(stored.State, History.Parser.ParseFrom(stored.FirstBatch).Events[0]);

    public static EventBatch? Encode(IReadOnlyList<HistoryEvent> events)
    {
        if (events.Count == 0)
        {
            return null;
        }

        var batch = new History();
        batch.Events.AddRange(events);
        return new EventBatch(events[0].EventId, batch.ToByteArray());
    }
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PreferredObjectCreationHandling = JsonObjectCreationHandling.Replace,
    Converters =
    [
        typeof(MessageConverter<HistoryEvent>),
        typeof(MessageConverter<Memo>),
        typeof(MessageConverter<SearchAttributes>),
        typeof(MessageConverter<Payloads>),
        typeof(MessageConverter<Failure>),
        typeof(MessageConverter<RetryPolicy>),
    ])]
[JsonSerializable(typeof(RunState))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>Protobuf messages inside the state, as base64 of their wire form.</summary>
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
