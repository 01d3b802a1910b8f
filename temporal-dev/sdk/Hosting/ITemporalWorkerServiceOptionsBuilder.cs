using Microsoft.Extensions.DependencyInjection;
using Temporalio.Common;

namespace Temporalio.Extensions.Hosting;

/// <summary>Configures one hosted worker. A host may have one for each task queue and version.</summary>
public interface ITemporalWorkerServiceOptionsBuilder
{
    string TaskQueue { get; }

    WorkerDeploymentVersion? DeploymentVersion { get; }

    IServiceCollection Services { get; }
}
