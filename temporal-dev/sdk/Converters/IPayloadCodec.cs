using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Turns converted payloads into what leaves the process (encrypted, compressed) and back. Never called on a workflow thread.</summary>
public interface IPayloadCodec
{
    /// <returns>As many payloads as a decode needs; not necessarily as many as came in.</returns>
    Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads);

    Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads);
}
