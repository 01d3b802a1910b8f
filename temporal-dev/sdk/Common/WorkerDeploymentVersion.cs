using Proto = Temporalio.Api.Deployment.V1.WorkerDeploymentVersion;

namespace Temporalio.Common;

/// <summary>One build of one worker deployment.</summary>
public sealed record WorkerDeploymentVersion(string DeploymentName, string BuildId)
{
    /// <summary>Reads <c>deployment.build</c>; the deployment's name has no dot, the build's may.</summary>
    public static WorkerDeploymentVersion FromCanonicalString(string canonical) =>
        canonical.IndexOf('.') is var dot and >= 0
            ? new(canonical[..dot], canonical[(dot + 1)..])
            : throw new ArgumentException($"'{canonical}' is not of the form deployment.build.", nameof(canonical));

    public string ToCanonicalString() => $"{DeploymentName}.{BuildId}";

    internal static WorkerDeploymentVersion FromProto(Proto proto) => new(proto.DeploymentName, proto.BuildId);

    internal static WorkerDeploymentVersion FromBridge(Coresdk.Common.WorkerDeploymentVersion core) =>
        new(core.DeploymentName, core.BuildId);

    internal Proto ToProto() => new() { DeploymentName = DeploymentName, BuildId = BuildId };
}
