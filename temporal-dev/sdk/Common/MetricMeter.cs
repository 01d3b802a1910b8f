namespace Temporalio.Common;

/// <summary>Where user code reports its own metrics. This SDK has one meter, which records nothing.</summary>
public sealed class MetricMeter
{
    private MetricMeter()
    {
    }

    internal static MetricMeter None { get; } = new();

    public MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
        where T : struct => new(name, unit, description);

    public MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
        where T : struct => new(name, unit, description);

    public MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
        where T : struct => new(name, unit, description);

    /// <summary>A meter whose metrics carry these tags as well.</summary>
    public MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return this;
    }
}

public abstract class Metric(string name, string? unit, string? description)
{
    public string Name { get; } = name;

    public string? Unit { get; } = unit;

    public string? Description { get; } = description;
}

public sealed class MetricCounter<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) => MetricValue.Drop(value, extraTags);
}

public sealed class MetricHistogram<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) => MetricValue.Drop(value, extraTags);
}

public sealed class MetricGauge<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) => MetricValue.Drop(value, extraTags);
}

internal static class MetricValue
{
    public static void Drop<T>(T value, IEnumerable<KeyValuePair<string, object>>? extraTags) => _ = (value, extraTags);
}
