using Microsoft.Extensions.DependencyInjection;
using Temporalio.Common;

namespace Temporalio.Extensions.Hosting;

public class TemporalWorkerServiceOptionsBuilder(
    string taskQueue, WorkerDeploymentVersion? deploymentVersion, IServiceCollection services) : ITemporalWorkerServiceOptionsBuilder
{
    public string TaskQueue { get; private init; } = taskQueue;

    public WorkerDeploymentVersion? DeploymentVersion { get; private init; } = deploymentVersion;

    public IServiceCollection Services { get; private init; } = services;

    internal string OptionsName => NameOf(this);

    internal static string NameOf(ITemporalWorkerServiceOptionsBuilder builder) =>
        builder.DeploymentVersion is { } version ? $"{builder.TaskQueue}/{version.ToCanonicalString()}" : builder.TaskQueue;
}
