using Proto = Temporalio.Api.Enums.V1.VersioningBehavior;

namespace Temporalio.Common;

/// <summary>Whether a workflow stays with the worker version that it started on.</summary>
public enum VersioningBehavior
{
    Unspecified = Proto.Unspecified,
    Pinned = Proto.Pinned,
    AutoUpgrade = Proto.AutoUpgrade,
}
