using System.Text;
using System.Text.Json;
using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>One page of a list of schedules: the newest first.</summary>
internal sealed record ScheduleSearch(string NamespaceId, Filter Where, SchedulePosition? After, int Limit)
{
    public const string IdField = "ScheduleId";

    /// <summary>Queries on schedules see their ids, whether they are paused, and the attributes that their namespace has.</summary>
    public static Field? Find(AttributeSchema schema, string name) => name switch
    {
        IdField => new Field(IdField, IndexedValueType.Keyword),
        KnownAttributes.SchedulePaused or "SchedulePaused" => new Field(KnownAttributes.SchedulePaused, IndexedValueType.Bool),
        _ when schema.Custom.TryGetValue(name, out var type) => new Field(name, type),
        _ when schema.Find(name) is not null =>
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"invalid query filter for schedules: cannot filter on \"{name}\""),
        _ => null,
    };

    public static bool Matches(Filter where, ScheduleWrite schedule)
    {
        using var attributes = JsonDocument.Parse(schedule.Attributes);
        return RowFilter.Matches(
            where,
            field => field.Name == IdField ? schedule.Key.ScheduleId : RowValues.Attribute(field, attributes.RootElement));
    }
}

/// <summary>The last schedule of a page.</summary>
internal sealed record SchedulePosition(DateTime CreatedAt, string ScheduleId)
{
    public static int Order(SchedulePosition one, SchedulePosition other)
    {
        var order = other.CreatedAt.CompareTo(one.CreatedAt);
        return order != 0 ? order : string.CompareOrdinal(one.ScheduleId, other.ScheduleId);
    }

    public ByteString Encode() => ByteString.CopyFromUtf8($"{CreatedAt.Ticks}/{ScheduleId}");

    public static SchedulePosition? Decode(ByteString token)
    {
        if (token.IsEmpty)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(token.Span);
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        return cut > 0 && long.TryParse(text.AsSpan(0, cut), out var ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new SchedulePosition(new DateTime(ticks, DateTimeKind.Utc), text[(cut + 1)..])
            : throw new GrpcException(GrpcStatusCode.InvalidArgument, "Invalid NextPageToken.");
    }
}
