using Google.Protobuf;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Rpc;

/// <summary>Where the next page of a history begins. It names the run, so that paging never slips into a successor.</summary>
internal sealed record HistoryToken(string RunId, long NextEventId, long EndEventId)
{
    public ByteString Encode() => ByteString.CopyFromUtf8($"{RunId}/{NextEventId}/{EndEventId}");

    public static HistoryToken Decode(ByteString token)
    {
        var parts = token.ToStringUtf8().Split('/');
        if (parts.Length != 3 || !Guid.TryParseExact(parts[0], "D", out _)
            || !long.TryParse(parts[1], out var next) || !long.TryParse(parts[2], out var end))
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "Invalid NextPageToken.");
        }

        return new HistoryToken(parts[0], next, end);
    }
}
