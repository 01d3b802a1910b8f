using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TemporalDev.Server.Metrics;

/// <summary>Figures in the text format that Prometheus reads.</summary>
internal sealed class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public void Family(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            var separator = '{';
            foreach (var label in labels)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{separator}{label.Name}=\"{Escape(label.Value)}\"");
                separator = ',';
            }

            _text.Append('}');
        }

        _text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }

    /// <param name="counts">Of each span between two bounds, and of what is beyond the last; Prometheus wants them summed up.</param>
    public void Histogram(string name, ImmutableArray<double> bounds, ImmutableArray<long> counts, TimeSpan total, (string Name, string Value) label)
    {
        var soFar = 0L;
        for (var index = 0; index < counts.Length; index++)
        {
            soFar += counts[index];
            Sample(name + "_bucket", soFar, label, ("le", index < bounds.Length ? bounds[index].ToString(CultureInfo.InvariantCulture) : "+Inf"));
        }

        Sample(name + "_sum", total.TotalSeconds, label);
        Sample(name + "_count", soFar, label);
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
