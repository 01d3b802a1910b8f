using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Converts values to payloads and back. Workflows call it: no I/O, and the same answer each time.</summary>
public interface IPayloadConverter
{
    Payload ToPayload(object? value);

    object? ToValue(Payload payload, Type type);
}
