using System.Net.Sockets;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Tests.Activities;

public sealed class FailureTests
{
    [Theory]
    [InlineData("42P01", "Refusal")]
    [InlineData("23505", "Refusal")]
    [InlineData("42501", "Refusal")]
    [InlineData("25006", "Refusal")]
    [InlineData("28P01", "Refusal")]
    [InlineData("3D000", "Refusal")]
    [InlineData("22012", "Refusal")]
    [InlineData("40P01", "Weather")]
    [InlineData("55P03", "Weather")]
    [InlineData("57014", "Weather")]
    [InlineData("57P01", "Weather")]
    [InlineData("57P03", "Weather")]
    [InlineData("53100", "Weather")]
    [InlineData("53300", "Weather")]
    [InlineData("08006", "Weather")]
    [InlineData("58030", "Weather")]
    [InlineData("08007", "UnknownOutcome")]
    [InlineData("40003", "UnknownOutcome")]
    [InlineData("XX000", "Bug")]
    [InlineData("XX001", "Bug")]
    public void A_state_of_postgresql_is_refusal_weather_bug_or_unknown(string sqlState, string kind) =>
        Assert.Equal(kind, PostgresFailures.Classify(sqlState).ToString());

    [Fact]
    public void A_lost_connection_is_weather_and_flies() =>
        Assert.Null(ActivityFailures.Translate(new NpgsqlException("gone", new SocketException()), attempt: 1));

    [Fact]
    public void A_cancellation_flies() => Assert.Null(ActivityFailures.Translate(new OperationCanceledException(), attempt: 1));

    [Theory]
    [InlineData("42P01", 1, "Refusal", true)]
    [InlineData("40P01", 1, "Weather", false)]
    [InlineData("40P01", 1000, "Weather", false)]
    [InlineData("55P03", 1, "LockHeld", false)]
    [InlineData("55P03", 30, "LockHeld", true)]
    [InlineData("XX000", 1, "Bug", false)]
    [InlineData("XX000", 5, "Bug", true)]
    public void What_postgresql_says_decides_whether_to_ask_again(string sqlState, int attempt, string type, bool final)
    {
        var failure = ActivityFailures.Translate(new PostgresException("said so", "ERROR", "ERROR", sqlState), attempt)!;

        Assert.Equal((type, final), (failure.ErrorType!, failure.NonRetryable));
        Assert.Contains($"said so (SQLSTATE {sqlState})", failure.Message);
    }

    [Fact]
    public void A_refusal_is_final_and_a_bug_is_given_a_few_tries()
    {
        Assert.True(ActivityFailures.Translate(new RefusalException("no"), attempt: 1)!.NonRetryable);
        Assert.True(ActivityFailures.Translate(new FencedOffException("s", 1), attempt: 1)!.NonRetryable);
        Assert.False(ActivityFailures.Translate(new InvalidOperationException("oops"), attempt: 1)!.NonRetryable);
        Assert.True(ActivityFailures.Translate(new InvalidOperationException("oops"), attempt: 5)!.NonRetryable);
    }
}
