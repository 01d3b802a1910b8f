namespace Temporalio.Workflows;

public class DelayOptions : ICloneable
{
    public DelayOptions()
    {
    }

    public DelayOptions(TimeSpan delay, string? summary = null, CancellationToken? cancellationToken = null)
    {
        Delay = delay;
        Summary = summary;
        CancellationToken = cancellationToken;
    }

    public DelayOptions(int millisecondsDelay, string? summary = null, CancellationToken? cancellationToken = null)
        : this(TimeSpan.FromMilliseconds(millisecondsDelay), summary, cancellationToken)
    {
    }

    public TimeSpan? Delay { get; set; }

    public string? Summary { get; set; }

    /// <summary>Defaults to the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

public class WaitConditionOptions : ICloneable
{
    public WaitConditionOptions()
    {
    }

    public WaitConditionOptions(
        Func<bool> conditionCheck,
        TimeSpan? timeout = null,
        string? timeoutSummary = null,
        CancellationToken? cancellationToken = null)
    {
        ConditionCheck = conditionCheck;
        Timeout = timeout;
        TimeoutSummary = timeoutSummary;
        CancellationToken = cancellationToken;
    }

    /// <summary>Called after every step of the workflow: it must be quick and change nothing.</summary>
    public Func<bool>? ConditionCheck { get; set; }

    public TimeSpan? Timeout { get; set; }

    public string? TimeoutSummary { get; set; }

    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
