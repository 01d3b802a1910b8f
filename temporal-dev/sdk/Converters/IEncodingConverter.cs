using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>One encoding of a <see cref="DefaultPayloadConverter" />.</summary>
public interface IEncodingConverter
{
    /// <summary>The name that payloads of this encoding carry as metadata <c>encoding</c>.</summary>
    string Encoding { get; }

    /// <returns>False when another encoding has to take the value.</returns>
    bool TryToPayload(object? value, out Payload? payload);

    object? ToValue(Payload payload, Type type);
}
