namespace Temporalio.Converters;

/// <summary>All that turns values and exceptions into what is sent, and back.</summary>
public record DataConverter(
    IPayloadConverter PayloadConverter,
    IFailureConverter FailureConverter,
    IPayloadCodec? PayloadCodec = null) : IWithSerializationContext<DataConverter>
{
    public static DataConverter Default { get; } = new(new DefaultPayloadConverter(), new DefaultFailureConverter());

    public virtual DataConverter WithSerializationContext(ISerializationContext context)
    {
        var payloads = InContext(PayloadConverter, context);
        var failures = InContext(FailureConverter, context);
        var codec = PayloadCodec is null ? null : InContext(PayloadCodec, context);
        // Most converters ignore the context; then this is called per activity for nothing and should cost nothing.
        return ReferenceEquals(payloads, PayloadConverter) && ReferenceEquals(failures, FailureConverter) && ReferenceEquals(codec, PayloadCodec)
            ? this
            : this with { PayloadConverter = payloads, FailureConverter = failures, PayloadCodec = codec };
    }

    private static T InContext<T>(T part, ISerializationContext context)
        where T : class =>
        part is IWithSerializationContext<T> aware ? aware.WithSerializationContext(context) : part;
}
