using Temporalio.Client;
using Temporalio.Common;

namespace Temporalio.Testing;

/// <summary>The client's options, and what the service of <see cref="WorkflowEnvironment.StartLocalAsync" /> is given.</summary>
public class WorkflowEnvironmentStartLocalOptions : TemporalClientConnectOptions
{
    /// <summary>Has no effect: nothing is downloaded.</summary>
    public string? DownloadDirectory { get; set; }

    /// <summary>Refused when set: the embedded service has no web UI.</summary>
    public bool UI { get; set; }

    /// <summary>Created in the client's namespace.</summary>
    public IReadOnlyCollection<SearchAttributeKey>? SearchAttributes { get; set; }

    public DevServerOptions DevServerOptions { get; set; } = new();

    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartLocalOptions)base.Clone();
        copy.DevServerOptions = (DevServerOptions)DevServerOptions.Clone();
        return copy;
    }
}
