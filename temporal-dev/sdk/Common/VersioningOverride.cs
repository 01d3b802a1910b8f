using Proto = Temporalio.Api.Workflow.V1.VersioningOverride;

namespace Temporalio.Common;

/// <summary>Replaces, for one workflow, the versioning behavior that its worker declares.</summary>
public abstract record VersioningOverride
{
    private VersioningOverride()
    {
    }

    public enum PinnedOverrideBehavior
    {
        Unspecified = Proto.Types.PinnedOverrideBehavior.Unspecified,
        Pinned = Proto.Types.PinnedOverrideBehavior.Pinned,
    }

    internal abstract Proto ToProto();

    public sealed record Pinned(
        WorkerDeploymentVersion Version,
        PinnedOverrideBehavior Behavior = PinnedOverrideBehavior.Pinned) : VersioningOverride
    {
        internal override Proto ToProto() => new()
        {
            Pinned = new()
            {
                Version = Version.ToProto(),
                Behavior = (Proto.Types.PinnedOverrideBehavior)Behavior,
            },
        };
    }

    public sealed record AutoUpgrade : VersioningOverride
    {
        internal override Proto ToProto() => new() { AutoUpgrade = true };
    }
}
