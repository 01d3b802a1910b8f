using System.Text.Json;
using System.Text.Json.Serialization;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>Schedules as the bytes that stores keep, and as lists find them.</summary>
internal static class ScheduleCodec
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new MessageConverter<Schedule>(),
            new MessageConverter<Memo>(),
            new MessageConverter<SearchAttributes>(),
            new MessageConverter<BackfillRequest>(),
            new MessageConverter<WorkflowExecution>(),
            new MessageConverter<ScheduleActionResult>(),
            new MessageConverter<Payloads>(),
            new MessageConverter<Failure>(),
        },
    };

    public static ScheduleWrite Encode(ScheduleState state) => new(state.Key(), JsonSerializer.SerializeToUtf8Bytes(state, Json))
    {
        CreatedAt = state.CreatedAt,
        Attributes = PlainAttributes.Of(state.SearchAttributes, [new(KnownAttributes.SchedulePaused, state.Schedule.State.Paused)]),
    };

    public static ScheduleState Decode(byte[] stored) => JsonSerializer.Deserialize<ScheduleState>(stored, Json)!;
}
