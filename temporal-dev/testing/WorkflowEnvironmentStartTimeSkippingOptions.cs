using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>The client's options, and what the service of <see cref="WorkflowEnvironment.StartTimeSkippingAsync" /> is given.</summary>
public class WorkflowEnvironmentStartTimeSkippingOptions : TemporalClientConnectOptions
{
    /// <summary>Has no effect: nothing is downloaded.</summary>
    public string? DownloadDirectory { get; set; }

    public TestServerOptions TestServerOptions { get; set; } = new();

    public override object Clone()
    {
        var copy = (WorkflowEnvironmentStartTimeSkippingOptions)base.Clone();
        copy.TestServerOptions = (TestServerOptions)TestServerOptions.Clone();
        return copy;
    }
}
