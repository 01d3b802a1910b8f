using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Writes the one message of a unary response, or the status that stands for it.</summary>
internal static class GrpcReply
{
    // Clients limit a header block: Node's HTTP/2 to 64 KiB, of which base64 leaves three quarters.
    private const int MaxDetailsBytes = 40 * 1024;
    private const int MaxMessageCharacters = 8 * 1024;

    /// <summary>Does not flush: headers, message and trailers leave together when the request ends.</summary>
    public static void WriteMessage(HttpContext context, IMessage message, GrpcServerOptions options)
    {
        var size = message.CalculateSize();
        if (size > options.MaxResponseBytes)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"grpc: trying to send message larger than max ({size} vs. {options.MaxResponseBytes})");
        }

        var response = context.Response;
        response.ContentType = GrpcHeaders.ContentType;
        // The header announces what may be used; each frame tells whether it was.
        var isGzip = options.CompressResponsesFromBytes is not null && AcceptsGzip(context.Request.Headers);
        if (isGzip)
        {
            response.Headers[GrpcHeaders.Encoding] = GrpcHeaders.Gzip;
        }

        if (isGzip && size >= options.CompressResponsesFromBytes)
        {
            using var frame = new PooledBuffer(GrpcFrame.PrefixBytes + size);
            GrpcFrame.Append(frame, message, size, gzipFromBytes: 0);
            response.BodyWriter.Write(frame.WrittenSpan);
        }
        else
        {
            var body = response.BodyWriter;
            GrpcFrame.WritePrefix(body.GetSpan(GrpcFrame.PrefixBytes), compressed: false, size);
            body.Advance(GrpcFrame.PrefixBytes);
            message.WriteTo(body);
        }

        response.AppendTrailer(GrpcHeaders.Status, "0");
    }

    /// <summary>A status instead of a message travels in the headers, with nothing after them.</summary>
    public static void WriteStatus(HttpResponse response, GrpcException failure)
    {
        response.ContentType = GrpcHeaders.ContentType;
        var headers = response.Headers;
        headers[GrpcHeaders.Status] = ((int)failure.Code).ToString(CultureInfo.InvariantCulture);
        var text = failure.Message.Length <= MaxMessageCharacters ? failure.Message : failure.Message[..MaxMessageCharacters];
        headers[GrpcHeaders.Message] = GrpcMessageText.Encode(text);
        if (failure.Code == GrpcStatusCode.Unimplemented)
        {
            headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.AcceptedEncodings;
        }

        if (failure.Details.Count == 0)
        {
            return;
        }

        var status = new Status { Code = (int)failure.Code, Message = text };
        status.Details.AddRange(failure.Details);
        if (status.CalculateSize() <= MaxDetailsBytes)
        {
            headers[GrpcHeaders.StatusDetails] = WireBase64.Encode(status.ToByteArray());
        }
    }

    private static bool AcceptsGzip(IHeaderDictionary headers)
    {
        foreach (var value in headers[GrpcHeaders.AcceptEncoding])
        {
            foreach (var encoding in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[encoding].Trim().SequenceEqual(GrpcHeaders.Gzip))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
