namespace Orchestrator.Cli.Commands;

/// <summary>What was asked for makes no sense as things stand; nothing has changed, and the message says why.</summary>
internal sealed class RefusedException(string message) : Exception(message);
