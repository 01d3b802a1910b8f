namespace Temporalio.Client;

/// <summary>How a call is tried again that failed for a reason that may pass.</summary>
public class RpcRetryOptions : ICloneable
{
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    public float RandomizationFactor { get; set; } = 0.2F;

    public float Multiplier { get; set; } = 1.5F;

    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Null: no limit.</summary>
    public TimeSpan? MaxElapsedTime { get; set; } = TimeSpan.FromSeconds(10);

    public int MaxRetries { get; set; } = 10;

    public virtual object Clone() => MemberwiseClone();
}
