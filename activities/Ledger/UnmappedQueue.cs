using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>A question that a step could not answer by itself.</summary>
public sealed record UnmappedEntry
{
    public required long Id { get; init; }

    public required string Batch { get; init; }

    public required string Step { get; init; }

    public required string Subject { get; init; }

    public required string Key { get; init; }

    public required string Reason { get; init; }

    public required long Rows { get; init; }

    public required string[] Candidates { get; init; }

    public required string State { get; init; }

    public string? Assignee { get; init; }

    public string? Target { get; init; }

    public string? Who { get; init; }

    public string? Why { get; init; }

    public required DateTime FoundAt { get; init; }

    public required DateTime ChangedAt { get; init; }

    internal Guid RunId { get; init; }
}

/// <param name="Plan">The plan's name.</param>
/// <param name="Step">One step, or null for all.</param>
/// <param name="Settled">Also what needs no answer any more.</param>
/// <param name="Most">So many at most, those with most rows first.</param>
public sealed record UnmappedFilter(string Plan, string? Step, bool Settled, int Most);

public sealed record UnmappedTally(string Step, string Reason, long Entries);

/// <summary>The table <c>orchestrator.unmapped</c>, as people read it and answer it. Every answer is an entry of the chain.</summary>
public static class UnmappedQueue
{
    public static async Task<IReadOnlyList<UnmappedEntry>> ListAsync(NpgsqlDataSource database, UnmappedFilter filter, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<UnmappedEntry>(new CommandDefinition(
            """
            select id, batch, step, subject, key, reason, rows, candidates, state, assignee, target, who, why,
              found_at as foundat, changed_at as changedat, run_id as runid
            from orchestrator.unmapped
            where plan = @Plan and (@Step::text is null or step = @Step) and (@Settled or state in ('open', 'resolved'))
            order by rows desc, id
            limit @Most
            """,
            filter,
            cancellationToken: cancel))).AsList();
    }

    /// <summary>What still waits, by step and reason.</summary>
    public static async Task<IReadOnlyList<UnmappedTally>> CountAsync(NpgsqlDataSource database, string plan, string? step, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<UnmappedTally>(new CommandDefinition(
            """
            select step, reason, count(*) as entries
            from orchestrator.unmapped
            where plan = @Plan and (@Step::text is null or step = @Step) and state in ('open', 'resolved')
            group by step, reason
            order by count(*) desc, step, reason
            """,
            new { Plan = plan, Step = step },
            cancellationToken: cancel))).AsList();
    }

    /// <param name="database">Where the queue is.</param>
    /// <param name="plan">The plan's name.</param>
    /// <param name="id">Which entry.</param>
    /// <param name="answer">What a person says to it.</param>
    /// <param name="examine">Refuses what cannot be: it is asked in the transaction, with the entry locked.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    internal static async Task<UnmappedEntry> AnswerAsync(
        NpgsqlDataSource database, string plan, long id, UnmappedAnswer answer, Func<NpgsqlConnection, UnmappedEntry, Task> examine, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var entry = await FindAsync(connection, transaction, plan, id, cancel) ?? throw new RefusalException($"The plan '{plan}' has no unmapped entry {id} there.");
        if (answer.Refuse(entry.State) is { } refusal)
        {
            throw new RefusalException($"Entry {id}: {refusal}");
        }

        await examine(connection, entry);
        var next = answer.Apply(entry);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.unmapped
            set state = @State, assignee = @Assignee, target = @Target, who = @Who, why = @Why, changed_at = clock_timestamp()
            where id = @Id
            """,
            next,
            transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            new LedgerScope(connection, transaction, entry.RunId),
            $"unmapped-{answer.Act.ToString().ToLowerInvariant()}",
            new { entry.Id, entry.Batch, entry.Step, entry.Subject, entry.Key, next.Assignee, next.Target, answer.Who, answer.Why },
            cancel);
        await transaction.CommitAsync(cancel);
        return next;
    }

    private static Task<UnmappedEntry?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string plan, long id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<UnmappedEntry>(new CommandDefinition(
            """
            select id, batch, step, subject, key, reason, rows, candidates, state, assignee, target, who, why,
              found_at as foundat, changed_at as changedat, run_id as runid
            from orchestrator.unmapped
            where id = @Id and plan = @Plan
            for update
            """,
            new { Id = id, Plan = plan },
            transaction,
            cancellationToken: cancel));
}
