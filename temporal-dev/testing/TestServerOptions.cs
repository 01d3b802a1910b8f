namespace Temporalio.Testing;

/// <summary>Settings of a server that runs as a program. The embedded one refuses those that it cannot honour.</summary>
public class TestServerOptions : ICloneable
{
    /// <summary>Refused when set: the service runs in this process.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Has no effect: nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>Refused when there are any.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
