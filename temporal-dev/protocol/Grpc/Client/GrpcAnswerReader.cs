using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Reads what came back for one try: the message, or the failure that the status stands for.</summary>
internal static class GrpcAnswerReader
{
    public static IMessage Read(GrpcAnswer answer, MessageParser parser)
    {
        // An error without a message comes with its status in the headers.
        if (TryReadStatus(answer.Headers, out var failure) || TryReadHttpStatus(answer, out failure))
        {
            throw failure ?? new GrpcException(GrpcStatusCode.Internal, "the server answered OK without a message");
        }

        var encoding = GrpcAnswer.Find(answer.Headers, GrpcHeaders.Encoding);
        if (encoding is not (null or GrpcHeaders.Identity or GrpcHeaders.Gzip))
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the server answered in the unknown encoding '{encoding}'");
        }

        if (!TryReadStatus(answer.Trailers, out failure))
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, "the response ended without a status");
        }

        return failure is null ? answer.Message!.Parse(parser) : throw failure;
    }

    /// <summary>True when there is a status; the failure is null when it is OK.</summary>
    private static bool TryReadStatus(IReadOnlyList<KeyValuePair<string, string>> headers, out GrpcException? failure)
    {
        failure = null;
        if (GrpcAnswer.Find(headers, GrpcHeaders.Status) is not { } status)
        {
            return false;
        }

        if (status == "0")
        {
            return true;
        }

        var code = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= (int)GrpcStatusCode.Unauthenticated
            ? (GrpcStatusCode)number
            : GrpcStatusCode.Unknown;
        failure = new GrpcException(code, GrpcMessageText.Decode(GrpcAnswer.Find(headers, GrpcHeaders.Message) ?? ""), ReadDetails(headers), cause: null);
        return true;
    }

    // Details that do not parse are dropped: code and message still say what happened.
    private static RepeatedField<Any> ReadDetails(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (GrpcAnswer.Find(headers, GrpcHeaders.StatusDetails) is not { } encoded || WireBase64.Decode(encoded) is not { } bytes)
        {
            return [];
        }

        try
        {
            return Status.Parser.ParseFrom(bytes).Details;
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    // What stands between us and the server (proxies, load balancers) answers in HTTP only.
    private static bool TryReadHttpStatus(GrpcAnswer answer, out GrpcException? failure)
    {
        var code = answer.HttpStatus switch
        {
            200 => GrpcStatusCode.Ok,
            400 => GrpcStatusCode.Internal,
            401 => GrpcStatusCode.Unauthenticated,
            403 => GrpcStatusCode.PermissionDenied,
            404 => GrpcStatusCode.Unimplemented,
            429 or 502 or 503 or 504 => GrpcStatusCode.Unavailable,
            _ => GrpcStatusCode.Unknown,
        };
        failure = code != GrpcStatusCode.Ok
            ? new GrpcException(code, $"the server answered HTTP {answer.HttpStatus}, not gRPC")
            : !answer.IsGrpc
                ? new GrpcException(GrpcStatusCode.Unknown, $"the server answered content type '{answer.ContentType}', not gRPC")
                : null;
        return failure is not null;
    }
}
