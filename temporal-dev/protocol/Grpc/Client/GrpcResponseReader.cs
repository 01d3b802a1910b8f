using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Reads what came back for one try: the message, or the failure that the status stands for.</summary>
internal static class GrpcResponseReader
{
    private const int FirstReadBytes = 4096;

    public static async Task<IMessage> ReadAsync(HttpResponseMessage response, MessageParser parser, int maxMessageBytes, CancellationToken cancel)
    {
        // An error without a message comes with its status in the headers.
        if (TryReadStatus(response.Headers, out var failure) || TryReadHttpStatus(response, out failure))
        {
            throw failure ?? new GrpcException(GrpcStatusCode.Internal, "the server answered OK without a message");
        }

        var encoding = First(response.Headers, GrpcHeaders.Encoding);
        if (encoding is not (null or GrpcHeaders.Identity or GrpcHeaders.Gzip))
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the server answered in the unknown encoding '{encoding}'");
        }

        using var body = new PooledBuffer(FirstReadBytes);
        var prefix = await ReadBodyAsync(response, body, encoding, maxMessageBytes, cancel);
        if (!TryReadStatus(response.TrailingHeaders, out failure))
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, "the response ended without a status");
        }

        if (failure is not null)
        {
            throw failure;
        }

        if (prefix is not { } frame || body.Length != GrpcFrame.PrefixBytes + frame.PayloadBytes)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"the response has {body.Length} bytes, which is not one whole message");
        }

        return GrpcFrame.Parse(parser, frame.Compressed, new ReadOnlySequence<byte>(body.Written[GrpcFrame.PrefixBytes..]), maxMessageBytes);
    }

    private static async Task<GrpcPrefix?> ReadBodyAsync(HttpResponseMessage response, PooledBuffer body, string? encoding, int maxMessageBytes, CancellationToken cancel)
    {
        GrpcPrefix? prefix = null;
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        while (true)
        {
            var expected = prefix is { } frame ? GrpcFrame.PrefixBytes + frame.PayloadBytes - body.Length : 0;
            var read = await stream.ReadAsync(body.GetMemory(expected), cancel);
            if (read == 0)
            {
                return prefix;
            }

            body.Advance(read);
            if (prefix is null && body.Length >= GrpcFrame.PrefixBytes)
            {
                prefix = GrpcFrame.ReadPrefix(body.WrittenSpan[..GrpcFrame.PrefixBytes], encoding, maxMessageBytes);
            }

            if (prefix is { } known && body.Length > GrpcFrame.PrefixBytes + known.PayloadBytes)
            {
                throw new GrpcException(GrpcStatusCode.Internal, "the response has more bytes than its message");
            }
        }
    }

    /// <summary>True when there is a status; the failure is null when it is OK.</summary>
    private static bool TryReadStatus(HttpHeaders headers, out GrpcException? failure)
    {
        failure = null;
        if (First(headers, GrpcHeaders.Status) is not { } status)
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
        failure = new GrpcException(code, GrpcMessageText.Decode(First(headers, GrpcHeaders.Message) ?? ""), ReadDetails(headers), cause: null);
        return true;
    }

    // Details that do not parse are dropped: code and message still say what happened.
    private static RepeatedField<Any> ReadDetails(HttpHeaders headers)
    {
        if (First(headers, GrpcHeaders.StatusDetails) is not { } encoded || WireBase64.Decode(encoded) is not { } bytes)
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
    private static bool TryReadHttpStatus(HttpResponseMessage response, out GrpcException? failure)
    {
        var code = response.StatusCode switch
        {
            HttpStatusCode.OK => GrpcStatusCode.Ok,
            HttpStatusCode.BadRequest => GrpcStatusCode.Internal,
            HttpStatusCode.Unauthorized => GrpcStatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => GrpcStatusCode.PermissionDenied,
            HttpStatusCode.NotFound => GrpcStatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => GrpcStatusCode.Unavailable,
            _ => GrpcStatusCode.Unknown,
        };
        var type = response.Content.Headers.ContentType?.MediaType;
        failure = code != GrpcStatusCode.Ok
            ? new GrpcException(code, $"the server answered HTTP {(int)response.StatusCode}, not gRPC")
            : type?.StartsWith(GrpcHeaders.ContentType, StringComparison.Ordinal) != true
                ? new GrpcException(GrpcStatusCode.Unknown, $"the server answered content type '{type}', not gRPC")
                : null;
        return failure is not null;
    }

    private static string? First(HttpHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out var values))
        {
            return null;
        }

        foreach (var value in values)
        {
            return value;
        }

        return null;
    }
}
