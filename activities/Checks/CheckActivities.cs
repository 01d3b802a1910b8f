using Orchestrator.Activities.Compare;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Checks;

public sealed class CheckActivities(StepSites sites, Databases databases, TimeProvider time) : ICheckActivities
{
    [Activity]
    public Task<IReadOnlyList<CheckResult>> MeasureAsync(CheckRound round) => ActivityFailures.TranslateAsync(async () =>
    {
        var activity = ActivityExecutionContext.Current;
        await using var pulse = new Pulse(activity, time);
        var before = activity.Info.HeartbeatDetails.Count == 0
            ? new Dictionary<string, ComparedSoFar>()
            : await activity.Info.HeartbeatDetailAtAsync<Dictionary<string, ComparedSoFar>>(0);
        var journal = new CompareJournal(before, pulse.Report);
        // Until the first part is done, what the attempt before has reported is what there is.
        journal.Repeat();
        return await MeasureAsync(round, journal, activity.CancellationToken);
    });

    internal async Task<IReadOnlyList<CheckResult>> MeasureAsync(CheckRound round, CompareJournal journal, CancellationToken cancel)
    {
        var run = round.Batch.Run;
        var (_, plan) = await sites.ReadPlanAsync(run.Plan, cancel);
        var batch = StepSites.FindBatch(plan, round.Batch.Batch);
        var checks = round.Moment == CheckMoment.Precheck ? batch.Prechecks : batch.Postchecks;
        var measured = await new CheckRunner(new CheckSite(plan, run, databases, time) { Journal = journal }).MeasureAsync(checks, cancel);
        List<CheckResult> results = [.. measured.Select(m => Result(m.Check, m.Measurement))];
        List<MeasurementRow> rows = [.. measured.Select((m, i) => Row(results[i], m.Measurement, m.Elapsed))];
        var ledger = await databases.LedgerAsync(cancel);
        await Measurements.RecordAsync(ledger, run.Run, batch.Id, round.Moment == CheckMoment.Precheck ? "precheck" : "postcheck", rows, cancel);
        return results;
    }

    private static CheckResult Result(Check check, Measurement measurement) => new()
    {
        Id = check.Id,
        Title = check.Title,
        Severity = check.Severity,
        Verdict = measurement.Verdict,
        Rule = check.DescribeRule(),
        Measured = measurement.Measured,
        Explanation = measurement.Explanation,
        QueryDigest = PlanCanon.DigestOf(check),
    };

    private static MeasurementRow Row(CheckResult result, Measurement measurement, TimeSpan elapsed) => new()
    {
        Check = result.Id,
        Severity = result.Severity == Severity.HardStop ? "hard_stop" : result.Severity.ToString().ToLowerInvariant(),
        Verdict = result.Verdict.ToString().ToLowerInvariant(),
        Rule = result.Rule,
        Measured = result.Measured,
        Explanation = result.Explanation,
        QueryDigest = result.QueryDigest,
        Elapsed = elapsed,
        Exceptions = measurement.Exceptions,
    };
}
