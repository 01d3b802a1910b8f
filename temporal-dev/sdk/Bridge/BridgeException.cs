using Temporalio.Exceptions;

namespace Temporalio.Bridge;

/// <summary>The core, or the process it lives in, could not do what it was asked.</summary>
internal sealed class BridgeException(string message, string? errorName = null) : TemporalException(message)
{
    /// <summary>There was no way to the server, or it broke; the name is the core's own.</summary>
    public bool IsAboutTransport => errorName == "TransportError";
}
