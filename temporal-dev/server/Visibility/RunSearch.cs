using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>One page of a list: open runs first, then the latest closed; among those the latest started.</summary>
internal sealed record RunSearch(string NamespaceId, Filter Where, PagePosition? After, int Limit);

internal sealed record IndexedRun(RunKey Key, VisibilityRow Row)
{
    public PagePosition Position => new(Row.CloseTime is { } closed ? Instant.Of(closed) : null, Instant.Of(Row.StartTime), Key.RunId);
}

internal sealed record StatusCount(WorkflowExecutionStatus Status, long Count);

/// <summary>The last run of a page: the next one begins behind it, whatever was started or closed meanwhile.</summary>
internal sealed record PagePosition(DateTime? CloseTime, DateTime StartTime, string RunId)
{
    public static int Order(PagePosition one, PagePosition other)
    {
        var order = (other.CloseTime ?? DateTime.MaxValue).CompareTo(one.CloseTime ?? DateTime.MaxValue);
        order = order != 0 ? order : other.StartTime.CompareTo(one.StartTime);
        return order != 0 ? order : string.CompareOrdinal(one.RunId, other.RunId);
    }

    public ByteString Encode() => ByteString.CopyFromUtf8($"{CloseTime?.Ticks}/{StartTime.Ticks}/{RunId}");

    public static PagePosition? Decode(ByteString token)
    {
        if (token.IsEmpty)
        {
            return null;
        }

        var parts = token.ToStringUtf8().Split('/');
        if (parts.Length != 3 || !Guid.TryParseExact(parts[2], "D", out _) || Time(parts[1]) is not { } start
            || (parts[0].Length > 0 && Time(parts[0]) is null))
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "Invalid NextPageToken.");
        }

        return new PagePosition(Time(parts[0]), start, parts[2]);
    }

    private static DateTime? Time(string ticks) =>
        long.TryParse(ticks, out var value) && value >= 0 && value <= DateTime.MaxValue.Ticks ? new DateTime(value, DateTimeKind.Utc) : null;
}
