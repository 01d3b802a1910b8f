using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>What the two protobuf encodings have in common: the message type in the metadata, and the wanted message.</summary>
internal static class ProtoMessages
{
    public static Payload ToPayload(IMessage message, ByteString encoding, ByteString data)
    {
        var payload = EncodingMetadata.NewPayload(encoding, data);
        payload.Metadata[EncodingMetadata.MessageType] = ByteString.CopyFromUtf8(message.Descriptor.FullName);
        return payload;
    }

    public static MessageDescriptor DescriptorOf(Type type) =>
        typeof(IMessage).IsAssignableFrom(type) && Activator.CreateInstance(type) is IMessage empty
            ? empty.Descriptor
            : throw new ArgumentException($"The payload holds a protobuf message, which cannot become {type}.", nameof(type));
}
