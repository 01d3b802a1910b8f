using System.Globalization;
using System.Text.Json;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Transfer;

/// <summary>What a measured number means for work that may have to wait. No number means wait.</summary>
internal static class ThrottleReading
{
    public static string? ReasonToWait(Throttle throttle, decimal? measured, string? fault)
    {
        if (fault is not null)
        {
            return $"{Name(throttle.Kind)} cannot be measured: {fault}";
        }

        if (measured is not { } value)
        {
            return $"{Name(throttle.Kind)} gave no number";
        }

        return value <= throttle.Most ? null : $"{Name(throttle.Kind)}: {Show(value)}, wanted at most {Show(throttle.Most)}";
    }

    /// <summary>Bytes a second between two positions of the log; null until there are two.</summary>
    public static decimal? Rate(decimal? before, decimal now, TimeSpan between) =>
        before is { } earlier && between > TimeSpan.Zero ? Math.Max(0, now - earlier) / (decimal)between.TotalSeconds : null;

    /// <summary>A body that is a number, or the answer of a Prometheus instant query.</summary>
    public static decimal? NumberOf(string body)
    {
        if (TryNumber(body.Trim(), out var plain))
        {
            return plain;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("data", out var data)
                && data.TryGetProperty("result", out var result)
                && result is { ValueKind: JsonValueKind.Array } && result.GetArrayLength() == 1
                && result[0].TryGetProperty("value", out var pair)
                && pair is { ValueKind: JsonValueKind.Array } && pair.GetArrayLength() == 2
                && TryNumber(pair[1].ToString(), out var value) ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryNumber(string text, out decimal value) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Show(decimal value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Name(ThrottleKind kind) => kind switch
    {
        ThrottleKind.ReplicaLag => "replica lag in seconds",
        ThrottleKind.ActiveSessions => "active sessions",
        ThrottleKind.LockWaiters => "sessions that wait for locks",
        ThrottleKind.WalRate => "bytes of write-ahead log a second",
        ThrottleKind.Autovacuum => "vacuums on the table",
        ThrottleKind.Sql => "the throttle's query",
        ThrottleKind.Http => "the throttle's address",
        _ => throw new InvalidOperationException($"Throttle {kind} has no name."),
    };
}
