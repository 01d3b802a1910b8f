using Npgsql;
using Orchestrator.Activities.Postgres;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Orchestrator.Activities;

/// <summary>Turns what an activity throws into what the retry policy should do about it.</summary>
internal static class ActivityFailures
{
    public const string Refusal = "Refusal";
    public const string Bug = "Bug";
    public const string FencedOff = "FencedOff";
    public const string LockHeld = "LockHeld";

    // With the pauses of the retry policy this is a quarter of an hour of asking; then a person has to look who holds it.
    private const int LockAttempts = 30;

    // A bug does not go away by itself, but a deployment may replace the worker that has it.
    private const int BugAttempts = 5;

    public static async Task<T> TranslateAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (Translate(e, ActivityExecutionContext.Current.Info.Attempt) is { } failure)
        {
            throw failure;
        }
    }

    public static Task TranslateAsync(Func<Task> act) => TranslateAsync(async () =>
    {
        await act();
        return true;
    });

    /// <summary>Null for what flies as it is: cancellation, and weather.</summary>
    internal static ApplicationFailureException? Translate(Exception exception, int attempt) => exception switch
    {
        OperationCanceledException or ApplicationFailureException => null,
        RefusalException => Fail(exception, exception.Message, Refusal, nonRetryable: true),
        FencedOffException => Fail(exception, exception.Message, FencedOff, nonRetryable: true),
        StatementException statement => OfPostgres(statement, statement.Postgres, attempt),
        PostgresException postgres => OfPostgres(new StatementException("PostgreSQL", null, postgres), postgres, attempt),
        _ when PostgresFailures.Classify(exception) == FailureKind.Weather => null,
        _ => Fail(exception, $"{exception.GetType().Name}: {exception.Message}", Bug, nonRetryable: attempt >= BugAttempts),
    };

    private static ApplicationFailureException? OfPostgres(StatementException statement, PostgresException postgres, int attempt) =>
        PostgresFailures.Classify(postgres.SqlState) switch
        {
            FailureKind.Refusal => Fail(statement, statement.Message, Refusal, nonRetryable: true),
            FailureKind.Bug => Fail(statement, statement.Message, Bug, nonRetryable: attempt >= BugAttempts),
            _ when PostgresFailures.IsLockTimeout(postgres) => Fail(statement, statement.Message, LockHeld, nonRetryable: attempt >= LockAttempts),
            _ => Fail(statement, statement.Message, "Weather", nonRetryable: false),
        };

    private static ApplicationFailureException Fail(Exception inner, string message, string type, bool nonRetryable) =>
        new(message, inner, errorType: type, nonRetryable: nonRetryable);
}
