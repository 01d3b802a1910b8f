using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Runs;

/// <summary>Run states and event batches as the bytes that stores keep.</summary>
internal static class RunCodec
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new MessageConverter<HistoryEvent>(),
            new MessageConverter<Memo>(),
            new MessageConverter<SearchAttributes>(),
            new MessageConverter<Payloads>(),
            new MessageConverter<Failure>(),
            new MessageConverter<RetryPolicy>(),
            new MessageConverter<Priority>(),
            new MessageConverter<ActivityOptions>(),
        },
    };

    public static byte[] Encode(RunState state) => JsonSerializer.SerializeToUtf8Bytes(state, Json);

    public static RunState Decode(byte[] state, HistoryEvent firstEvent)
    {
        var decoded = JsonSerializer.Deserialize<RunState>(state, Json)!;
        decoded.FirstEvent = firstEvent;
        return decoded;
    }

    public static RunState Decode(StoredRun stored) =>
        Decode(stored.State, History.Parser.ParseFrom(stored.FirstBatch).Events[0]);

    public static IEnumerable<HistoryEvent> Decode(EventBatch batch) => History.Parser.ParseFrom(batch.Events).Events;

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
