using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.steps</c>: how far each step has got, and who may move it.</summary>
internal static class Steps
{
    public const string FencedOffState = "OR001";

    /// <summary>Grants the step with a new fence, or returns null where there is nothing left to do.</summary>
    public static async Task<HeldStep?> OpenAsync(NpgsqlDataSource database, StepClaim claim, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Before there is a row to lock, this is what two openers take turns by.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended(@Key, 1))",
            new { Key = $"{claim.Key.Plan}/{claim.Key}" },
            transaction,
            cancellationToken: cancel));
        var row = await FindAsync(connection, transaction, claim.Key, cancel);
        var move = StepDoor.Decide(claim.Key, row, claim.Digest, claim.Direction);
        if (move == StepMove.Nothing)
        {
            return null;
        }

        var granted = await connection.QuerySingleAsync<StepRow>(new CommandDefinition(
            SqlOf(move),
            new
            {
                claim.Key.Plan,
                claim.Key.Batch,
                claim.Key.Step,
                Kind = claim.Kind.ToString().ToLowerInvariant(),
                claim.Digest,
                claim.Run,
            },
            transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            new LedgerScope(connection, transaction, claim.Run),
            claim.Direction == Direction.Do ? "step-opened" : "undo-opened",
            new { claim.Key.Batch, claim.Key.Step, claim.Digest, granted.Round, granted.Fence },
            cancel);
        await transaction.CommitAsync(cancel);
        return new HeldStep(claim.Key, claim.Run, claim.Direction, granted);
    }

    public static async Task HoldAsync(LedgerScope scope, HeldStep step, CancellationToken cancel)
    {
        try
        {
            await scope.Connection.ExecuteAsync(new CommandDefinition(
                "select orchestrator.hold_step(@Plan, @Batch, @Step, @Fence, @Working)",
                HoldParameters(step),
                scope.Transaction,
                cancellationToken: cancel));
        }
        catch (PostgresException e) when (e.SqlState == FencedOffState)
        {
            throw new FencedOffException(step.Key.ToString(), step.Row.Fence);
        }
    }

    /// <summary>Makes sure that the step is still this holder's, without keeping the holder's other lanes out.</summary>
    public static async Task ShareAsync(LedgerScope scope, HeldStep step, CancellationToken cancel)
    {
        var ours = await scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select true
            from orchestrator.steps
            where plan = @Plan and batch = @Batch and step = @Step and fence = @Fence and state = @Working
            for share
            """,
            HoldParameters(step),
            scope.Transaction,
            cancellationToken: cancel));
        if (!ours)
        {
            throw new FencedOffException(step.Key.ToString(), step.Row.Fence);
        }
    }

    /// <summary>For work at a step's end that a rerun repeats: while the step is being done it is the holder's alone, and of one that is done it is a rerun's.</summary>
    public static Task ShareWhileDoingAsync(LedgerScope scope, HeldStep step, CancellationToken cancel) =>
        step.Row.State == StepState.Doing ? ShareAsync(scope, step, cancel) : Task.CompletedTask;

    /// <summary>Done, with what the step's ranges have done together.</summary>
    public static async Task<RangeTotals> FinishTransferAsync(NpgsqlDataSource database, HeldStep step, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await HoldAsync(scope, step, cancel);
        var totals = await Ranges.TotalsAsync(connection, step, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.steps
            set rows = @Rows, walked = @Walked, chunks = @Chunks
            where plan = @Plan and batch = @Batch and step = @Step
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, totals.Rows, totals.Walked, totals.Chunks },
            transaction,
            cancellationToken: cancel));
        await FinishAsync(scope, step, cancel);
        await transaction.CommitAsync(cancel);
        return totals;
    }

    /// <summary>Done, or undone: the last thing that happens to a step, in the transaction that says so in the chain.</summary>
    public static async Task FinishAsync(NpgsqlDataSource database, HeldStep step, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await HoldAsync(scope, step, cancel);
        await FinishAsync(scope, step, cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task FinishAsync(LedgerScope scope, HeldStep step, CancellationToken cancel)
    {
        var finished = step.Direction == Direction.Do ? "done" : "undone";
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.steps
            set state = @Finished, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, Finished = finished },
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(scope, $"step-{finished}", new { step.Key.Batch, step.Key.Step, step.Row.Round, step.Row.Fence }, cancel);
    }

    public static async Task<StepRow?> FindAsync(NpgsqlDataSource database, StepKey key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await FindAsync(connection, null, key, cancel);
    }

    /// <summary>How long the step took, from where it was begun to its last change.</summary>
    public static async Task<StepTiming?> FindTimingAsync(NpgsqlDataSource database, StepKey key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<StepTiming>(new CommandDefinition(
            """
            select state, rows, extract(epoch from changed_at - started_at)::float8 as seconds
            from orchestrator.steps
            where plan = @Plan and batch = @Batch and step = @Step
            """,
            key,
            cancellationToken: cancel));
    }

    private static Task<StepRow?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, StepKey key, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<StepRow>(new CommandDefinition(
            """
            select digest, state, round, fence, rows, walked, chunks
            from orchestrator.steps
            where plan = @Plan and batch = @Batch and step = @Step
            for update
            """,
            key,
            transaction,
            cancellationToken: cancel));

    private static object HoldParameters(HeldStep step) => new
    {
        step.Key.Plan,
        step.Key.Batch,
        step.Key.Step,
        step.Row.Fence,
        Working = step.Working.ToString().ToLowerInvariant(),
    };

    private static string SqlOf(StepMove move) => move switch
    {
        StepMove.Begin =>
            """
            insert into orchestrator.steps (plan, batch, step, kind, digest, state, round, fence, run_id)
            values (@Plan, @Batch, @Step, @Kind, @Digest, 'doing', 1, 1, @Run)
            returning digest, state, round, fence, rows, walked, chunks
            """,
        StepMove.BeginAgain =>
            """
            update orchestrator.steps
            set state = 'doing', kind = @Kind, digest = @Digest, round = round + 1, fence = fence + 1, run_id = @Run,
              rows = 0, walked = 0, chunks = 0,
              started_at = clock_timestamp(), changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step
            returning digest, state, round, fence, rows, walked, chunks
            """,
        StepMove.Continue =>
            """
            update orchestrator.steps
            set fence = fence + 1, run_id = @Run, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step
            returning digest, state, round, fence, rows, walked, chunks
            """,
        StepMove.TakeBack =>
            """
            update orchestrator.steps
            set state = 'undoing', fence = fence + 1, run_id = @Run, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step
            returning digest, state, round, fence, rows, walked, chunks
            """,
        _ => throw new InvalidOperationException($"Move {move} writes nothing."),
    };
}
