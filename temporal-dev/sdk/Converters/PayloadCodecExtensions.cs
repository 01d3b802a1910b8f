using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Converters;

public static class PayloadCodecExtensions
{
    /// <summary>For places that hold exactly one payload: a header, a memo value, a summary.</summary>
    public static async Task<Payload> EncodeSingleAsync(this IPayloadCodec codec, Payload payload) =>
        (await codec.EncodeAsync([payload])).Single();

    /// <summary>For places that hold exactly one payload: a header, a memo value, a summary.</summary>
    public static async Task<Payload> DecodeSingleAsync(this IPayloadCodec codec, Payload payload) =>
        (await codec.DecodeAsync([payload])).Single();

    /// <summary>Encodes every payload of the failure and of its causes, in place.</summary>
    public static Task EncodeFailureAsync(this IPayloadCodec codec, Failure failure) => ReplaceAsync(failure, codec.EncodeAsync);

    /// <summary>Decodes every payload of the failure and of its causes, in place.</summary>
    public static Task DecodeFailureAsync(this IPayloadCodec codec, Failure failure) => ReplaceAsync(failure, codec.DecodeAsync);

    private static async Task ReplaceAsync(
        Failure failure, Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> replace)
    {
        for (var current = failure; current is not null; current = current.Cause)
        {
            if (current.EncodedAttributes is { } attributes)
            {
                current.EncodedAttributes = (await replace([attributes])).Single();
            }

            if (DetailsOf(current) is { Payloads_.Count: > 0 } details)
            {
                Payload[] replaced = [.. await replace(details.Payloads_)];
                details.Payloads_.Clear();
                details.Payloads_.Add(replaced);
            }
        }
    }

    private static Payloads? DetailsOf(Failure failure) => failure.FailureInfoCase switch
    {
        Failure.FailureInfoOneofCase.ApplicationFailureInfo => failure.ApplicationFailureInfo.Details,
        Failure.FailureInfoOneofCase.TimeoutFailureInfo => failure.TimeoutFailureInfo.LastHeartbeatDetails,
        Failure.FailureInfoOneofCase.CanceledFailureInfo => failure.CanceledFailureInfo.Details,
        Failure.FailureInfoOneofCase.ResetWorkflowFailureInfo => failure.ResetWorkflowFailureInfo.LastHeartbeatDetails,
        _ => null,
    };
}
