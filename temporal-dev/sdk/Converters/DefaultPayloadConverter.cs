using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>
/// Tries its encodings in order when it writes, and picks by the payload's metadata when it reads. The default order is
/// null, bytes, protobuf as JSON, protobuf as binary, JSON.
/// </summary>
public class DefaultPayloadConverter : IPayloadConverter, IWithSerializationContext<IPayloadConverter>
{
    public DefaultPayloadConverter()
        : this(new JsonSerializerOptions())
    {
    }

    protected DefaultPayloadConverter(JsonSerializerOptions jsonSerializerOptions)
        : this(
            new BinaryNullConverter(),
            new BinaryPlainConverter(),
            new JsonProtoConverter(),
            new BinaryProtoConverter(),
            new JsonPlainConverter(jsonSerializerOptions))
    {
    }

    protected DefaultPayloadConverter(params IEncodingConverter[] encodingConverters)
        : this((IEnumerable<IEncodingConverter>)encodingConverters)
    {
    }

    protected DefaultPayloadConverter(IEnumerable<IEncodingConverter> encodingConverters)
    {
        IEncodingConverter[] inOrder = [.. encodingConverters];
        EncodingConverters = inOrder;
        IndexedEncodingConverters = inOrder.ToDictionary(c => ByteString.CopyFromUtf8(c.Encoding));
    }

    public IReadOnlyCollection<IEncodingConverter> EncodingConverters { get; private init; }

    protected IReadOnlyDictionary<ByteString, IEncodingConverter> IndexedEncodingConverters { get; private init; }

    public Payload ToPayload(object? value)
    {
        if (value is IRawValue raw)
        {
            return raw.Payload;
        }

        foreach (var converter in EncodingConverters)
        {
            if (converter.TryToPayload(value, out var payload))
            {
                return payload!;
            }
        }

        throw new ArgumentException($"No converter takes a value of type {value?.GetType().ToString() ?? "null"}.", nameof(value));
    }

    public object? ToValue(Payload payload, Type type)
    {
        if (type == typeof(IRawValue) || type == typeof(RawValue))
        {
            return new RawValue(payload);
        }

        if (!payload.Metadata.TryGetValue(EncodingMetadata.Encoding, out var encoding))
        {
            throw new ArgumentException("The payload does not name its encoding.", nameof(payload));
        }

        return IndexedEncodingConverters.TryGetValue(encoding, out var converter)
            ? converter.ToValue(payload, type)
            : throw new ArgumentException($"No converter knows the encoding '{encoding.ToStringUtf8()}'.", nameof(payload));
    }

    public virtual IPayloadConverter WithSerializationContext(ISerializationContext context)
    {
        IEncodingConverter[] inContext = [.. EncodingConverters.Select(converter =>
            converter is IWithSerializationContext<IEncodingConverter> aware ? aware.WithSerializationContext(context) : converter)];
        return inContext.SequenceEqual(EncodingConverters) ? this : new DefaultPayloadConverter(inContext);
    }
}
