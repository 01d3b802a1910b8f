using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Orchestrator.Tests.Sdk.Converters;

/// <summary>Encryption of a kind: enough to see where payloads were forgotten.</summary>
internal sealed class XorCodec : IPayloadCodec
{
    private const string Encoding = "binary/xor";

    public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(payload => new Payload
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8(Encoding) },
            Data = Xor(payload.ToByteString()),
        })]);

    public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(payload =>
            payload.Metadata.TryGetValue("encoding", out var encoding) && encoding.ToStringUtf8() == Encoding
                ? Payload.Parser.ParseFrom(Xor(payload.Data))
                : payload)]);

    private static ByteString Xor(ByteString bytes) => ByteString.CopyFrom([.. bytes.Select(b => (byte)(b ^ 0x5A))]);
}
