using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>The metadata keys of payloads, and payloads that carry them.</summary>
internal static class EncodingMetadata
{
    public const string Encoding = "encoding";
    public const string MessageType = "messageType";

    public static Payload NewPayload(ByteString encoding, ByteString data) =>
        new() { Metadata = { [Encoding] = encoding }, Data = data };
}
