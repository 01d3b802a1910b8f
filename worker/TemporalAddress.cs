using Temporalio.Client;
using Temporalio.Common.EnvConfig;

namespace Orchestrator.Worker;

/// <summary>Where Temporal is, by the variables and the file that every Temporal tool reads.</summary>
public static class TemporalAddress
{
    private const string UsualHost = "localhost:7233";

    /// <param name="embedded">The service of this machine's own stack: plain, and without anybody's keys.</param>
    public static TemporalClientConnectOptions Find(string? embedded = null)
    {
        if (embedded is not null)
        {
            return new TemporalClientConnectOptions(embedded);
        }

        var options = ClientEnvConfig.LoadClientConnectOptions();
        options.TargetHost ??= UsualHost;
        return options;
    }
}
