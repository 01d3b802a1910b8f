using Temporalio.Common;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>
/// Every timeout and retry policy, in one table. Retries have no limit here: what cannot succeed is refused by the activity
/// itself with an error that is not retried, and weather passes.
/// </summary>
internal static class ActivityTimeouts
{
    public static ActivityOptions Ledger(string summary) => new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(60),
        RetryPolicy = Patient(),
        // A cancelled workflow still keeps its books.
        CancellationToken = CancellationToken.None,
        Summary = summary,
    };

    /// <summary>How long the end of a batch waits for its last notices.</summary>
    public static TimeSpan LastNotice { get; } = TimeSpan.FromSeconds(20);

    // A channel that has been down for an hour is not told any more; the next reminder tries again.
    public static ActivityOptions Notice(string summary) => new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(20),
        ScheduleToCloseTimeout = TimeSpan.FromHours(1),
        RetryPolicy = Patient(),
        CancellationToken = CancellationToken.None,
        Summary = summary,
    };

    public static ActivityOptions Checks(string summary, CancellationToken interrupt) => new()
    {
        StartToCloseTimeout = TimeSpan.FromMinutes(30),
        HeartbeatTimeout = Heartbeat,
        RetryPolicy = Patient(),
        CancellationToken = interrupt,
        Summary = summary,
    };

    public static ActivityOptions Step(string summary, CancellationToken interrupt) => new()
    {
        StartToCloseTimeout = TimeSpan.FromHours(24),
        HeartbeatTimeout = Heartbeat,
        RetryPolicy = Patient(),
        // Pause and abort must not go on before the step has really stopped.
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        CancellationToken = interrupt,
        Summary = summary,
    };

    // A worker that was killed is noticed after this long; its activities pulse every two seconds.
    private static TimeSpan Heartbeat => TimeSpan.FromSeconds(10);

    private static RetryPolicy Patient() => new()
    {
        InitialInterval = TimeSpan.FromSeconds(1),
        BackoffCoefficient = 2,
        MaximumInterval = TimeSpan.FromSeconds(30),
    };
}
