using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Everything else, as System.Text.Json writes it.</summary>
public class JsonPlainConverter(JsonSerializerOptions serializerOptions) : IEncodingConverter
{
    private static readonly ByteString EncodingBytes = ByteString.CopyFromUtf8("json/plain");

    public virtual string Encoding => "json/plain";

    protected JsonSerializerOptions SerializerOptions { get; private init; } = serializerOptions;

    public virtual bool TryToPayload(object? value, out Payload? payload)
    {
        // The array is not shared with anyone, so it need not be copied.
        var json = JsonSerializer.SerializeToUtf8Bytes(value, SerializerOptions);
        payload = EncodingMetadata.NewPayload(EncodingBytes, UnsafeByteOperations.UnsafeWrap(json));
        return true;
    }

    public virtual object? ToValue(Payload payload, Type type) =>
        JsonSerializer.Deserialize(payload.Data.Span, type, SerializerOptions);
}
