using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class ExpectedFailure
{
    public static async Task<Measurement> MeasureAsync(ExpectedFailureCheck check, CheckSite site, CancellationToken cancel)
    {
        var statements = SqlStatements.Split(check.Query.Text);
        await using var look = await site.LookAsync(check.Database, cancel, LookMode.MayTry);
        for (var i = 0; i < statements.Count - 1; i++)
        {
            if (await TryAsync(look, statements[i].Text, cancel) is { } early)
            {
                return Measurement.Inconclusive($"Statement {i + 1} must succeed for the last one to mean anything: {PostgresFailures.Describe(early)}");
            }
        }

        // What is deferred would be refused at the commit that never comes.
        var refusal = await TryAsync(look, statements[^1].Text, cancel) ?? await TryAsync(look, "set constraints all immediate", cancel);
        return Judge(check, refusal);
    }

    internal static Measurement Judge(ExpectedFailureCheck check, PostgresException? refusal)
    {
        if (refusal is null)
        {
            return Measurement.Fail("accepted", "The statement went through, and was taken back.");
        }

        var measured = string.IsNullOrEmpty(refusal.ConstraintName) ? $"refused with {refusal.SqlState}" : $"refused with {refusal.SqlState} by {refusal.ConstraintName}";
        if (refusal.SqlState == check.SqlState && (check.Constraint is null || check.Constraint == refusal.ConstraintName))
        {
            return Measurement.Pass(measured);
        }

        return PostgresFailures.Classify(refusal.SqlState) == FailureKind.Refusal
            ? Measurement.Fail(measured, PostgresFailures.Describe(refusal))
            : Measurement.Inconclusive(PostgresFailures.Describe(refusal));
    }

    private static async Task<PostgresException?> TryAsync(Look look, string sql, CancellationToken cancel)
    {
        try
        {
            await look.ExecuteAsync(sql, cancel);
            return null;
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested)
        {
            return e;
        }
    }
}
