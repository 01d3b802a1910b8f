namespace TemporalDev.Postgres;

/// <summary>The embedded PostgreSQL cannot be used as things stand; the message says what to change.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    public EmbeddedPostgresException(string message) : base(message)
    {
    }

    public EmbeddedPostgresException(string message, Exception cause) : base(message, cause)
    {
    }
}
