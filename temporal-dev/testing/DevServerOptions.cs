namespace Temporalio.Testing;

/// <summary>Settings of a server that runs as a program. The embedded one refuses those that it cannot honour.</summary>
public class DevServerOptions : ICloneable
{
    /// <summary>Refused when set: the service runs in this process.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Refused when set: the service keeps nothing.</summary>
    public string? DatabaseFilename { get; set; }

    /// <summary>Has no effect: the service logs through the client's logger factory.</summary>
    public string LogFormat { get; set; } = "pretty";

    /// <summary>debug, info, warn, error or never.</summary>
    public string LogLevel { get; set; } = "warn";

    /// <summary>Has no effect: nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>Refused when there are any.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>Has no effect: nothing is downloaded.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
