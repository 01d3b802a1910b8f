using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Reads the one message of a unary request.</summary>
internal static class GrpcRequestReader
{
    public static async ValueTask<IMessage> ReadAsync(HttpRequest request, MessageParser parser, int maxMessageBytes, CancellationToken cancel)
    {
        var encoding = ReadEncoding(request.Headers);
        var body = request.BodyReader;
        GrpcPrefix? prefix = null;
        while (true)
        {
            var arrived = await ReadMoreAsync(body, cancel);
            var buffer = arrived.Buffer;
            prefix ??= TryReadPrefix(buffer, encoding, maxMessageBytes);
            var missing = GrpcFrame.PrefixBytes + (prefix?.PayloadBytes ?? 0) - buffer.Length;
            if (missing < 0)
            {
                throw new GrpcException(GrpcStatusCode.Internal, "grpc: the request has more bytes than its message");
            }

            if (!arrived.IsCompleted)
            {
                body.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            if (missing > 0 || prefix is null)
            {
                throw new GrpcException(GrpcStatusCode.Internal, $"grpc: the request ended {missing} bytes before its message");
            }

            var message = GrpcFrame.Parse(parser, prefix.Value.Compressed, buffer.Slice(GrpcFrame.PrefixBytes), maxMessageBytes);
            body.AdvanceTo(buffer.End);
            return message;
        }
    }

    private static GrpcPrefix? TryReadPrefix(in ReadOnlySequence<byte> buffer, string? encoding, int maxMessageBytes)
    {
        if (buffer.Length < GrpcFrame.PrefixBytes)
        {
            return null;
        }

        Span<byte> prefix = stackalloc byte[GrpcFrame.PrefixBytes];
        buffer.Slice(0, GrpcFrame.PrefixBytes).CopyTo(prefix);
        return GrpcFrame.ReadPrefix(prefix, encoding, maxMessageBytes);
    }

    private static async ValueTask<ReadResult> ReadMoreAsync(PipeReader body, CancellationToken cancel)
    {
        try
        {
            return await body.ReadAsync(cancel);
        }
        catch (IOException reset)
        {
            throw new GrpcException(GrpcStatusCode.Cancelled, "the caller went away before its request was complete", reset);
        }
    }

    private static string? ReadEncoding(IHeaderDictionary headers)
    {
        var encoding = headers[GrpcHeaders.Encoding];
        return encoding.Count == 0 || encoding == GrpcHeaders.Identity || encoding == GrpcHeaders.Gzip
            ? (string?)encoding
            : throw new GrpcException(GrpcStatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
    }
}
