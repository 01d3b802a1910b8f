namespace Orchestrator.Activities;

/// <summary>What was asked for cannot be done as things are, and asking again changes nothing: the message says what to change.</summary>
public sealed class RefusalException : Exception
{
    public RefusalException(string message)
        : base(message)
    {
    }

    public RefusalException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
