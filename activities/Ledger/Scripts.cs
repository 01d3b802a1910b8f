using Dapper;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

internal enum ScriptState
{
    Begun,
    Applied,
}

internal sealed record ScriptRow
{
    public required string Digest { get; init; }

    public required ScriptState State { get; init; }

    public long Rows { get; init; }
}

/// <summary>The table <c>orchestrator.scripts</c>: which file has run, in which form.</summary>
internal static class Scripts
{
    public static Task<ScriptRow?> FindAsync(LedgerScope scope, HeldStep step, SqlScript script, CancellationToken cancel) =>
        scope.Connection.QuerySingleOrDefaultAsync<ScriptRow>(new CommandDefinition(
            """
            select digest, state, rows
            from orchestrator.scripts
            where plan = @Plan and batch = @Batch and step = @Step
              and round = @Round and direction = @Direction and path = @Path
            """,
            Parameters(step, script, ScriptState.Begun, 0),
            scope.Transaction,
            cancellationToken: cancel));

    public static Task BeginAsync(LedgerScope scope, HeldStep step, SqlScript script, CancellationToken cancel) =>
        WriteAsync(scope, Parameters(step, script, ScriptState.Begun, 0), cancel);

    public static async Task RecordAsync(LedgerScope scope, HeldStep step, SqlScript script, long rows, CancellationToken cancel)
    {
        await WriteAsync(scope, Parameters(step, script, ScriptState.Applied, rows), cancel);
        await EntryChain.AppendAsync(
            scope,
            step.Direction == Direction.Do ? "script-applied" : "undo-applied",
            new { step.Key.Batch, step.Key.Step, script.Path, Digest = PlanCanon.DigestOf(script.Text), step.Row.Round, step.Row.Fence, Rows = rows },
            cancel);
    }

    private static Task<int> WriteAsync(LedgerScope scope, object parameters, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.scripts (plan, batch, step, round, direction, path, digest, state, rows)
            values (@Plan, @Batch, @Step, @Round, @Direction, @Path, @Digest, @State, @Rows)
            on conflict (plan, batch, step, round, direction, path) do update
            set state = excluded.state, rows = excluded.rows, changed_at = clock_timestamp()
            where scripts.state = 'begun'
            """,
            parameters,
            scope.Transaction,
            cancellationToken: cancel));

    private static object Parameters(HeldStep step, SqlScript script, ScriptState state, long rows) => new
    {
        step.Key.Plan,
        step.Key.Batch,
        step.Key.Step,
        step.Row.Round,
        Direction = step.Direction == Direction.Do ? "do" : "undo",
        script.Path,
        Digest = PlanCanon.DigestOf(script.Text),
        State = state == ScriptState.Begun ? "begun" : "applied",
        Rows = rows,
    };
}
