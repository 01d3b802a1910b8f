using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Ledger;

/// <summary>What of a step still waits: for a person, or for the rerun that takes a person's answer in.</summary>
internal sealed record PendingUnmapped(long Entries, long Rows, IReadOnlyList<string> Samples)
{
    public override string ToString() => $"{Rows:N0} rows in the unmapped queue: {string.Join(", ", Samples)}{(Entries > Samples.Count ? ", ..." : "")}";
}

/// <summary>The table <c>orchestrator.unmapped</c>, as steps write it.</summary>
internal static class Unmapped
{
    private const int SamplesShown = 5;

    /// <summary>Puts rows of a query (subject, key, reason, rows, candidates) into the queue; what is known and the same stays untouched.</summary>
    public static string ReportSql(HeldStep step, string foundSql)
    {
        var (stepSql, runSql) = (StepSql(step), SqlIdentifier.Literal(step.Run.ToString()));
        return $"""
            insert into orchestrator.unmapped as known (plan, batch, step, run_id, subject, key, reason, rows, candidates)
            select {stepSql}, {runSql}::uuid, found.subject, found.key, found.reason, found.rows, found.candidates
            from ({foundSql}) as found
            -- In one order, so that lanes that report the same keys wait for each other instead of dying of it.
            order by found.subject, found.key
            on conflict (plan, batch, step, subject, key) do update
            set reason = excluded.reason, rows = excluded.rows, candidates = {CandidatesSql}, changed_at = clock_timestamp(),
              state = case known.state when 'settled' then 'open' else known.state end
            where known.state = 'settled' or (known.reason, known.rows, known.candidates) is distinct from (excluded.reason, excluded.rows, {CandidatesSql})
            """;
    }

    /// <summary>Some of the questions to which nothing at all was found: id and key.</summary>
    public static string WithoutCandidatesSql(HeldStep step, string subject, int most)
    {
        var (stepSql, subjectSql, mostSql) = (StepSql(step), SqlIdentifier.Literal(subject), $"{most}");
        return $"""
            select lone.id, lone.key
            from orchestrator.unmapped as lone
            where (lone.plan, lone.batch, lone.step) = ({stepSql}) and lone.subject = {subjectSql}
              and lone.state = 'open' and lone.reason = 'no_match' and lone.candidates = '{NoneSql}'
            order by lone.id
            limit {mostSql}
            """;
    }

    /// <summary>Gives questions, by their ids, candidates, the likeliest first.</summary>
    public static Task SuggestAsync(LedgerScope scope, IReadOnlyDictionary<long, IReadOnlyList<string>> candidates, CancellationToken cancel)
    {
        var pairs = candidates.SelectMany(asked => asked.Value.Select(candidate => (Id: asked.Key, Candidate: candidate))).ToList();
        return scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.unmapped as lone
            set candidates = near.candidates, changed_at = clock_timestamp()
            from (
              select pair.id, array_agg(pair.candidate order by pair.place) as candidates
              from unnest(@Ids, @Candidates) with ordinality as pair (id, candidate, place)
              group by pair.id) as near
            where lone.id = near.id
            """,
            new { Ids = pairs.Select(p => p.Id).ToArray(), Candidates = pairs.Select(p => p.Candidate).ToArray() },
            scope.Transaction,
            cancellationToken: cancel));
    }

    /// <summary>The answers of people to this step's questions: key and target, where it is a target that they named.</summary>
    public static string AnswersSql(HeldStep step, string subject)
    {
        var (stepSql, subjectSql) = (StepSql(step), SqlIdentifier.Literal(subject));
        return $"""
            select answered.id, answered.key, answered.target, answered.state
            from orchestrator.unmapped as answered
            where (answered.plan, answered.batch, answered.step) = ({stepSql}) and answered.subject = {subjectSql}
              and (answered.target is not null or answered.state = 'closed')
            """;
    }

    /// <summary>Nothing is left to ask about these keys of the subject.</summary>
    public static string SettleSql(HeldStep step, string subject, string keysSql)
    {
        var (stepSql, subjectSql) = (StepSql(step), SqlIdentifier.Literal(subject));
        return $"""
            update orchestrator.unmapped as known
            set state = 'settled', changed_at = clock_timestamp()
            where (known.plan, known.batch, known.step) = ({stepSql}) and known.subject = {subjectSql}
              and known.state in ('open', 'resolved') and {keysSql}
            """;
    }

    /// <summary>The queue fills faster than the server's own analyzing follows: a plan for an empty one would hold every row of it against every row of a table.</summary>
    public static Task AnalyzeAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition("analyze orchestrator.unmapped", cancellationToken: cancel));

    public static async Task<PendingUnmapped?> PendingAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel)
    {
        var (entries, rows) = await connection.QuerySingleAsync<(long, long)>(new CommandDefinition(
            """
            select count(*), coalesce(sum(rows), 0)::bigint
            from orchestrator.unmapped
            where plan = @Plan and batch = @Batch and step = @Step and state in ('open', 'resolved')
            """,
            step.Key,
            cancellationToken: cancel));
        var samples = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select key
            from orchestrator.unmapped
            where plan = @Plan and batch = @Batch and step = @Step and state in ('open', 'resolved')
            order by rows desc, id
            limit @SamplesShown
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, SamplesShown },
            cancellationToken: cancel));
        return entries == 0 ? null : new PendingUnmapped(entries, rows, samples.AsList());
    }

    /// <summary>The step is taken back: its questions are no longer asked. What people have answered waits for the next time.</summary>
    public static async Task WithdrawAsync(NpgsqlDataSource database, HeldStep step, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await Steps.HoldAsync(scope, step, cancel);
        await WithdrawAsync(scope, step, cancel);
        await transaction.CommitAsync(cancel);
    }

    public static Task WithdrawAsync(LedgerScope scope, HeldStep step, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.unmapped
            set state = case when target is null then 'settled' else 'resolved' end, changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step
              and (state = 'open' or (state = 'settled' and target is not null))
            """,
            step.Key,
            scope.Transaction,
            cancellationToken: cancel));

    // What was suggested where nothing was found stays, as long as nothing is found.
    private static string CandidatesSql => $"case when excluded.candidates = '{NoneSql}' and known.reason = excluded.reason then known.candidates else excluded.candidates end";

    private static string NoneSql => "{}";

    private static string StepSql(HeldStep step) =>
        $"{SqlIdentifier.Literal(step.Key.Plan)}, {SqlIdentifier.Literal(step.Key.Batch)}, {SqlIdentifier.Literal(step.Key.Step)}";
}
