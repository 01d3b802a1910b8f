using Dapper;
using Npgsql;
using Orchestrator.Activities.Transfer;

namespace Orchestrator.Activities.Ledger;

internal sealed record NewRange(KeySpan Span, string Subject = "", int Depth = 0);

/// <summary>The table <c>orchestrator.ranges</c>: what is left to walk, and who walks it.</summary>
internal static class Ranges
{
    public static async Task<int> CountAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "select count(*)::int from orchestrator.ranges where plan = @Plan and batch = @Batch and step = @Step and round = @Round",
            Key(step),
            cancellationToken: cancel));

    public static async Task AddAsync(LedgerScope scope, HeldStep step, IReadOnlyList<NewRange> ranges, CancellationToken cancel)
    {
        // Two lanes that cut at once take turns: each needs the number after the highest.
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended(@Key, 5))",
            new { Key = $"{step.Key.Plan}/{step.Key}" },
            scope.Transaction,
            cancellationToken: cancel));
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.ranges (plan, batch, step, round, number, subject, depth, after_key, last_key, estimate)
            select @Plan, @Batch, @Step, @Round,
              1 + coalesce((
                select max(number) from orchestrator.ranges
                where plan = @Plan and batch = @Batch and step = @Step and round = @Round), 0),
              @Subject, @Depth, @After, @Last, @Estimate
            """,
            ranges.Select(r => new
            {
                step.Key.Plan,
                step.Key.Batch,
                step.Key.Step,
                step.Row.Round,
                r.Subject,
                r.Depth,
                r.Span.After,
                r.Span.Last,
                r.Span.Estimate,
            }),
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            scope,
            "ranges-cut",
            new { step.Key.Batch, step.Key.Step, step.Row.Round, step.Row.Fence, Ranges = ranges.Select(r => new { r.Subject, r.Span.After, r.Span.Last }) },
            cancel);
    }

    /// <summary>A new opening of the step finds no lane at work: those of the old one are fenced off.</summary>
    public static Task ReleaseAllAsync(LedgerScope scope, HeldStep step, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.ranges
            set holder = null, fence = fence + 1
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and state = 'open' and holder is not null
            """,
            Key(step),
            scope.Transaction,
            cancellationToken: cancel));

    public static Task ReleaseAsync(LedgerScope scope, HeldStep step, int lane, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.ranges
            set holder = null, fence = fence + 1
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and state = 'open' and holder = @Lane
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Lane = lane },
            scope.Transaction,
            cancellationToken: cancel));

    /// <summary>The range that the lane had, else a free one, with a new fence.</summary>
    /// <param name="keepOrder">Nothing of a depth before everything of the depths above it is done.</param>
    public static Task<RangeRow?> ClaimAsync(LedgerScope scope, HeldStep step, int lane, bool keepOrder, CancellationToken cancel) =>
        scope.Connection.QuerySingleOrDefaultAsync<RangeRow>(new CommandDefinition(
            """
            -- Materialised on purpose: as a plain subquery it may be run again for each row it is joined to, and lock another range each time.
            with free as materialized (
              select r.number
              from orchestrator.ranges r
              where r.plan = @Plan and r.batch = @Batch and r.step = @Step and r.round = @Round and r.state = 'open'
                and (r.holder is null or r.holder = @Lane)
                and (not @KeepOrder or not exists (
                  select from orchestrator.ranges before
                  where before.plan = r.plan and before.batch = r.batch and before.step = r.step and before.round = r.round
                    and before.state = 'open' and before.depth < r.depth))
              order by r.holder nulls last, r.depth, r.number
              limit 1
              for update skip locked)
            update orchestrator.ranges as taken
            set holder = @Lane, fence = taken.fence + 1, changed_at = clock_timestamp()
            from free
            where taken.plan = @Plan and taken.batch = @Batch and taken.step = @Step and taken.round = @Round and taken.number = free.number
            returning taken.number, taken.subject, taken.after_key as afterkey, taken.last_key as lastkey, taken.position, taken.estimate,
              taken.state, taken.holder, taken.fence, taken.rows, taken.walked, taken.chunks
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Lane = lane, KeepOrder = keepOrder },
            scope.Transaction,
            cancellationToken: cancel));

    public static async Task<IReadOnlyList<RangeRow>> OpenAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        (await connection.QueryAsync<RangeRow>(new CommandDefinition(
            """
            select number, subject, after_key as afterkey, last_key as lastkey, position, estimate, state, holder, fence, rows, walked, chunks
            from orchestrator.ranges
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and state = 'open'
            """,
            Key(step),
            cancellationToken: cancel))).AsList();

    /// <summary>Waits for the chunk under way, then reads where the range stands and keeps it from moving until the commit.</summary>
    public static Task<RangeRow?> LockAsync(LedgerScope scope, HeldStep step, int number, CancellationToken cancel) =>
        scope.Connection.QuerySingleOrDefaultAsync<RangeRow>(new CommandDefinition(
            """
            select number, subject, after_key as afterkey, last_key as lastkey, position, estimate, state, holder, fence, rows, walked, chunks
            from orchestrator.ranges
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and number = @Number and state = 'open'
            for update
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Number = number },
            scope.Transaction,
            cancellationToken: cancel));

    public static Task ShortenAsync(LedgerScope scope, HeldStep step, RangeRow range, string[] last, long estimate, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.ranges
            set last_key = @Last, estimate = @Estimate
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and number = @Number
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, range.Number, Last = last, Estimate = estimate },
            scope.Transaction,
            cancellationToken: cancel));

    public static Task FinishAsync(LedgerScope scope, HeldStep step, int number, CancellationToken cancel, string? snapshot = null) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.ranges
            set state = 'done', holder = null, snapshot = @Snapshot, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and number = @Number
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Number = number, Snapshot = snapshot },
            scope.Transaction,
            cancellationToken: cancel));

    /// <summary>Where the highest range ends: the one that no other follows.</summary>
    public static Task<string[]?> TopAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<string[]?>(new CommandDefinition(
            """
            select r.last_key
            from orchestrator.ranges r
            where r.plan = @Plan and r.batch = @Batch and r.step = @Step and r.round = @Round
              and not exists (
                select from orchestrator.ranges next
                where next.plan = r.plan and next.batch = r.batch and next.step = r.step and next.round = r.round
                  and next.after_key = r.last_key)
            """,
            Key(step),
            cancellationToken: cancel));

    public static Task<RangeTotals> TotalsAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        connection.QuerySingleAsync<RangeTotals>(new CommandDefinition(
            """
            select coalesce(sum(rows), 0)::bigint as rows, coalesce(sum(walked), 0)::bigint as walked,
              coalesce(sum(chunks), 0)::bigint as chunks,
              coalesce(sum(case state when 'done' then walked else greatest(estimate, walked) end), 0)::bigint as estimate,
              (select count(*) from orchestrator.quarantine q
               where q.plan = @Plan and q.batch = @Batch and q.step = @Step and q.round = @Round and q.state = 'held') as quarantined
            from orchestrator.ranges
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            """,
            Key(step),
            cancellationToken: cancel));

    private static object Key(HeldStep step) => new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round };
}
