using Temporalio.Exceptions;

namespace Temporalio.Bridge;

/// <summary>The core, or the process it lives in, could not do what it was asked.</summary>
internal sealed class BridgeException(string message, string? errorName = null) : TemporalException(message)
{
    /// <summary>The core's own name for it, such as TransportError.</summary>
    public string? ErrorName { get; } = errorName;
}
