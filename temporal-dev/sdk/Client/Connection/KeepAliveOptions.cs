namespace Temporalio.Client;

/// <summary>HTTP/2 pings that find out when the way to the server is gone.</summary>
public class KeepAliveOptions : ICloneable
{
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public virtual object Clone() => MemberwiseClone();
}
