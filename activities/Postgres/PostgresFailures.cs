using System.Net.Sockets;
using Npgsql;

namespace Orchestrator.Activities.Postgres;

internal enum FailureKind
{
    /// <summary>The plan, the data or a privilege is wrong: a retry changes nothing.</summary>
    Refusal,

    /// <summary>Deadlocks, lock waits, lost connections, a full disk: the retry policy owns it.</summary>
    Weather,

    /// <summary>What PostgreSQL says must not happen.</summary>
    Bug,

    /// <summary>The connection was lost during COMMIT: the ledger knows, and is read before anything is done again.</summary>
    UnknownOutcome,
}

/// <summary>The only place that reads a SQLSTATE.</summary>
internal static class PostgresFailures
{
    public const string LockNotAvailable = PostgresErrorCodes.LockNotAvailable;

    public static FailureKind? Classify(Exception exception) => exception switch
    {
        PostgresException postgres => Classify(postgres.SqlState),
        NpgsqlException or SocketException or TimeoutException or IOException => FailureKind.Weather,
        _ => null,
    };

    public static bool IsLockTimeout(Exception exception) =>
        exception is PostgresException { SqlState: LockNotAvailable };

    /// <summary>What the statement was given is at fault, and not the statement: other rows may go through.</summary>
    public static bool IsAboutRows(PostgresException exception) =>
        // Data exceptions, integrity violations, a view's check option, what a trigger or function raised by itself, and values that are
        // too much for PostgreSQL: a null character, a row too big for its index, infinity where a number is wanted.
        exception.SqlState[..2] is "22" or "23" or "44"
        || exception.SqlState is PostgresErrorCodes.RaiseException or PostgresErrorCodes.ProgramLimitExceeded
        || IsUnsupported(exception);

    /// <summary>Of a value or of the whole statement: which of them, only running it tells.</summary>
    public static bool IsUnsupported(PostgresException exception) => exception.SqlState == PostgresErrorCodes.FeatureNotSupported;

    public static bool IsStatementTimeout(PostgresException exception) =>
        // One SQLSTATE for every cancelled statement; a cancellation of our own surfaces as such and never comes here.
        exception.SqlState == PostgresErrorCodes.QueryCanceled;

    /// <summary>The server ends, or has just started: what is asked will be answered later.</summary>
    public static bool IsServerGone(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    public static bool IsUniqueViolation(Exception exception, string constraint) =>
        exception is PostgresException unique && IsUniqueViolation(unique) && unique.ConstraintName == constraint;

    public static bool IsUniqueViolation(PostgresException exception) => exception.SqlState == PostgresErrorCodes.UniqueViolation;

    public static bool IsObjectInUse(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse };

    public static bool IsDuplicateDatabase(Exception exception) =>
        // Two sessions that create the same database at once meet in the catalog's unique index instead.
        exception is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation };

    public static FailureKind Classify(string sqlState) => sqlState switch
    {
        "08007" or "40003" => FailureKind.UnknownOutcome,
        "57P04" => FailureKind.Refusal,
        LockNotAvailable or "55006" => FailureKind.Weather,
        "25006" => FailureKind.Refusal,
        "3D000" or "28P01" or "28000" => FailureKind.Refusal,
        _ => sqlState[..2] switch
        {
            // Connection, transaction rollback, resources, operator intervention (a cancelled statement too), system error.
            "08" or "40" or "53" or "57" or "58" => FailureKind.Weather,
            // Internal error, index or data corruption, broken config file.
            "XX" or "F0" => FailureKind.Bug,
            _ => FailureKind.Refusal,
        },
    };

    /// <summary>One sentence with what PostgreSQL said and its hint. The detail stays out: it quotes rows, and this goes into histories and logs.</summary>
    public static string Describe(PostgresException exception)
    {
        var text = $"{exception.MessageText} (SQLSTATE {exception.SqlState})";
        return exception.Hint is { Length: > 0 } hint ? $"{text}; hint: {hint}" : text;
    }
}
