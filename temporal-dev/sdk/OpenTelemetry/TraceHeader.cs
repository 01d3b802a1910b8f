using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>
/// A trace's context in a Temporal header: the W3C fields as a JSON object, as all SDKs write it. Baggage is passed on
/// as it came; only activities, which run in one process from beginning to end, take it apart.
/// </summary>
internal sealed record TraceHeader(ActivityContext Context, string? Baggage)
{
    private const string TraceParentField = "traceparent";
    private const string TraceStateField = "tracestate";
    private const string BaggageField = "baggage";

    public static TraceHeader? Current =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? new(activity.Context, Written(activity.Baggage)) : null;

    public static TraceHeader? Read(IEnumerable<KeyValuePair<string, Payload>>? headers, string key)
    {
        if (headers?.FirstOrDefault(header => header.Key == key).Value is not { } payload)
        {
            return null;
        }

        var fields = DataConverter.Default.PayloadConverter.ToValue<Dictionary<string, string>>(payload);
        return ActivityContext.TryParse(
            fields.GetValueOrDefault(TraceParentField), fields.GetValueOrDefault(TraceStateField), isRemote: true, out var context)
            ? new(context, fields.GetValueOrDefault(BaggageField))
            : null;
    }

    public IDictionary<string, Payload> AddTo(IDictionary<string, Payload>? headers, string key)
    {
        var fields = new Dictionary<string, string>
        {
            [TraceParentField] = $"00-{Context.TraceId.ToHexString()}-{Context.SpanId.ToHexString()}-{(byte)Context.TraceFlags:x2}",
        };
        if (!string.IsNullOrEmpty(Context.TraceState))
        {
            fields[TraceStateField] = Context.TraceState;
        }

        if (!string.IsNullOrEmpty(Baggage))
        {
            fields[BaggageField] = Baggage;
        }

        return new Dictionary<string, Payload>(headers ?? new Dictionary<string, Payload>())
        {
            [key] = DataConverter.Default.PayloadConverter.ToPayload(fields),
        };
    }

    public void AddBaggageTo(Activity activity)
    {
        foreach (var member in (Baggage ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            // What follows a semicolon are properties, which .NET's baggage cannot hold.
            if (member.Split(';')[0].Split('=', 2) is [var name, var value])
            {
                activity.AddBaggage(Uri.UnescapeDataString(name.Trim()), Uri.UnescapeDataString(value.Trim()));
            }
        }
    }

    private static string Written(IEnumerable<KeyValuePair<string, string?>> baggage) => string.Join(
        ',', baggage.Select(item => $"{Uri.EscapeDataString(item.Key)}={Uri.EscapeDataString(item.Value ?? string.Empty)}"));
}
