using System.Globalization;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Scalar
{
    public static async Task<Measurement> MeasureAsync(ScalarCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var (value, complaint) = await NumberAsync(look, check.Query, cancel);
        return value is { } number ? Measurement.Of(check.Rule, number) : Measurement.Inconclusive(complaint);
    }

    /// <summary>The one number of a query, or why it has none.</summary>
    public static async Task<(decimal? Value, string Complaint)> NumberAsync(Look look, SqlScript query, CancellationToken cancel)
    {
        var value = await look.ScalarAsync(SqlStatements.Split(query.Text)[0].Text, cancel);
        if (value is null)
        {
            return (null, "The query returned no value.");
        }

        try
        {
            return (Convert.ToDecimal(value, CultureInfo.InvariantCulture), "");
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            return (null, $"The query returned a {value.GetType().Name}, not a number.");
        }
    }
}
