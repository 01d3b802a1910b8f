using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal enum DeferredKind
{
    Trigger,
    ForeignKey,
    Index,
    Key,
}

internal enum DeferredState
{
    Dropped,
    Restored,
    Validated,
}

/// <summary>One thing that was taken away from a target, and how it comes back.</summary>
internal sealed record DeferredObject(int Ordinal, DeferredKind Kind, string Subject, string Name, string Restore, string? Validate, DeferredState State);

/// <summary>The table <c>orchestrator.deferred</c>.</summary>
internal static class Deferred
{
    public static Task AddAsync(LedgerScope scope, HeldStep step, IReadOnlyList<DeferredObject> objects, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.deferred (plan, batch, step, round, ordinal, kind, subject, name, restore, validate)
            values (@Plan, @Batch, @Step, @Round, @Ordinal, @Kind, @Subject, @Name, @Restore, @Validate)
            """,
            objects.Select(o => new
            {
                step.Key.Plan,
                step.Key.Batch,
                step.Key.Step,
                step.Row.Round,
                o.Ordinal,
                Kind = o.Kind == DeferredKind.ForeignKey ? "foreign_key" : o.Kind.ToString().ToLowerInvariant(),
                o.Subject,
                o.Name,
                o.Restore,
                o.Validate,
            }),
            scope.Transaction,
            cancellationToken: cancel));

    public static async Task<IReadOnlyList<DeferredObject>> ReadAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        (await connection.QueryAsync<DeferredObject>(new CommandDefinition(
            """
            select ordinal, replace(kind, '_', '') as kind, subject, name, restore, validate, state
            from orchestrator.deferred
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            order by ordinal
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            cancellationToken: cancel))).AsList();

    /// <summary>False where somebody else has moved it on meanwhile.</summary>
    public static async Task<bool> MoveAsync(LedgerScope scope, HeldStep step, DeferredObject from, DeferredState to, CancellationToken cancel) =>
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.deferred
            set state = @To, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and ordinal = @Ordinal and state = @From
            """,
            new
            {
                step.Key.Plan,
                step.Key.Batch,
                step.Key.Step,
                step.Row.Round,
                from.Ordinal,
                From = from.State.ToString().ToLowerInvariant(),
                To = to.ToString().ToLowerInvariant(),
            },
            scope.Transaction,
            cancellationToken: cancel)) == 1;
}
