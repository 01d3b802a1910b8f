using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>The places in requests that hold several payloads.</summary>
internal static class PayloadMaps
{
    public static async Task<Payloads?> ToInputAsync(this DataConverter converter, IReadOnlyCollection<object?>? values) =>
        values is not { Count: > 0 } ? null : new() { Payloads_ = { await converter.ToPayloadsAsync(values) } };

    /// <summary>Interceptors wrote them as converted payloads, so only the codec is left to do.</summary>
    public static async Task<Header?> ToHeaderAsync(this DataConverter converter, IDictionary<string, Payload>? headers)
    {
        if (headers is not { Count: > 0 })
        {
            return null;
        }

        var header = new Header();
        foreach (var (name, payload) in headers)
        {
            header.Fields.Add(name, converter.PayloadCodec is { } codec ? await codec.EncodeSingleAsync(payload) : payload);
        }

        return header;
    }

    public static async Task<Memo?> ToMemoAsync(this DataConverter converter, IReadOnlyDictionary<string, object>? values)
    {
        if (values is not { Count: > 0 })
        {
            return null;
        }

        var memo = new Memo();
        foreach (var (name, value) in values)
        {
            ArgumentNullException.ThrowIfNull(value, $"Memo {name}");
            memo.Fields.Add(name, await converter.ToPayloadAsync(value));
        }

        return memo;
    }
}
