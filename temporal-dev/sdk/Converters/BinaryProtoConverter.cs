using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>
/// Protobuf messages in their binary form. In the default set <see cref="JsonProtoConverter" /> takes every message
/// first, so that this one only reads what others wrote.
/// </summary>
public class BinaryProtoConverter : IEncodingConverter
{
    private static readonly ByteString EncodingBytes = ByteString.CopyFromUtf8("binary/protobuf");

    public string Encoding => "binary/protobuf";

    public bool TryToPayload(object? value, out Payload? payload)
    {
        payload = value is IMessage message ? ProtoMessages.ToPayload(message, EncodingBytes, message.ToByteString()) : null;
        return payload is not null;
    }

    public object? ToValue(Payload payload, Type type) => ProtoMessages.DescriptorOf(type).Parser.ParseFrom(payload.Data);
}
