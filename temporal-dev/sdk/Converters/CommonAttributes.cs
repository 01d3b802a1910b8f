using System.Text.Json;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Converters;

/// <summary>
/// Message and stack trace of a failure as a payload of their own, in the JSON form that all SDKs share. What is shown
/// again loses that payload: kept, it would go stale, and a failure passed on would be taken for hidden.
/// </summary>
internal static class CommonAttributes
{
    private const string Message = "message";
    private const string StackTrace = "stack_trace";

    public static void Hide(Failure failure, IPayloadConverter converter)
    {
        if (failure.EncodedAttributes is not null)
        {
            return;
        }

        failure.EncodedAttributes = converter.ToPayload(new Dictionary<string, string>
        {
            [Message] = failure.Message,
            [StackTrace] = failure.StackTrace,
        });
        failure.Message = "Encoded failure";
        failure.StackTrace = string.Empty;
    }

    /// <returns>The failure itself when nothing is hidden, else a readable copy.</returns>
    public static Failure Show(Failure failure, IPayloadConverter converter)
    {
        if (failure.EncodedAttributes is null || Read(failure, converter) is not { } attributes)
        {
            return failure;
        }

        var shown = failure.Clone();
        shown.Message = attributes.GetValueOrDefault(Message, shown.Message);
        shown.StackTrace = attributes.GetValueOrDefault(StackTrace, shown.StackTrace);
        shown.EncodedAttributes = null;
        return shown;
    }

    private static Dictionary<string, string>? Read(Failure failure, IPayloadConverter converter)
    {
        try
        {
            return converter.ToValue<Dictionary<string, string>?>(failure.EncodedAttributes);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or NotSupportedException)
        {
            // Written by someone whose codec is not ours: a failure with a hidden message beats a failure to read it.
            return null;
        }
    }
}
