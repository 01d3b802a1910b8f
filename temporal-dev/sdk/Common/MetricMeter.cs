namespace Temporalio.Common;

/// <summary>Where user code reports its own metrics.</summary>
public abstract class MetricMeter
{
    public abstract MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    public abstract MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    public abstract MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    /// <summary>A meter whose metrics carry these tags as well.</summary>
    public abstract MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}

public abstract class Metric(string name, string? unit, string? description)
{
    public string Name { get; } = name;

    public string? Unit { get; } = unit;

    public string? Description { get; } = description;
}

public abstract class MetricCounter<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public abstract void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);
}

public abstract class MetricHistogram<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public abstract void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);
}

public abstract class MetricGauge<T>(string name, string? unit, string? description) : Metric(name, unit, description)
    where T : struct
{
    public abstract void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);
}
