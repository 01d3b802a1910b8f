namespace Orchestrator.Cli.Embedded;

/// <summary>The laptop stack cannot be had as things stand; the message says what to do about it.</summary>
internal sealed class StackException(string message) : Exception(message);
