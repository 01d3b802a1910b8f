using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Ledger;

/// <summary>Tries to break each invariant that the ledger's schema claims to keep.</summary>
public sealed class LedgerConstraintTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Run = "11111111-1111-1111-1111-111111111111";
    private static readonly string Digest = PlanCanon.DigestOf("some text");
    private Worksite _site = null!;

    public async Task InitializeAsync()
    {
        _site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan());
        await _site.ExecuteAsync(
            $"""
            insert into orchestrator.plans (digest, name, canonical) values ('{Digest}', 'p', 'some text') on conflict do nothing;
            insert into orchestrator.runs (id, plan_digest, environment, requester) values ('{Run}', '{Digest}', 'test', 'ada') on conflict do nothing;
            insert into orchestrator.steps (plan, batch, step, kind, digest, state, round, fence, run_id)
            values ('p', 'b', 's', 'ddl', '{Digest}', 'doing', 1, 5, '{Run}') on conflict do nothing;
            insert into orchestrator.chunks (plan, batch, step, round, number, fence, after_key, last_key, rows, walked)
            values ('p', 'b', 's', 1, 1, 5, null, array['10'], 10, 10) on conflict do nothing;
            insert into orchestrator.batch_runs (run_id, batch, plan, environment, workflow_id)
            values ('{Run}', 'b', 'p', 'test', 'w') on conflict do nothing;
            select orchestrator.append('test', null, jsonb_build_object());
            """);
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Theory]
    [InlineData("a plan under a digest that is not its own", "23514", "insert into orchestrator.plans (digest, name, canonical) values (repeat('0', 64), 'p', 'other')")]
    [InlineData("a plan that is edited", "42501", "update orchestrator.plans set name = 'q'")]
    [InlineData("a run of a plan that nobody published", "23503", "insert into orchestrator.runs (id, plan_digest, environment, requester) values (gen_random_uuid(), repeat('0', 64), 'test', 'ada')")]
    [InlineData("a run that ends without an outcome", "23514", "update orchestrator.runs set finished_at = now() where id = '" + Run + "'")]
    [InlineData("an outcome that does not exist", "23514", "update orchestrator.runs set finished_at = now(), outcome = 'fine' where id = '" + Run + "'")]
    [InlineData("two workflows on one batch", "23505", "insert into orchestrator.runs select gen_random_uuid(), plan_digest, environment, requester from orchestrator.runs limit 1; insert into orchestrator.batch_runs (run_id, batch, plan, environment, workflow_id) select id, 'b', 'p', 'test', 'other' from orchestrator.runs where id <> '" + Run + "' limit 1")]
    [InlineData("a fence that goes back", "23514", "update orchestrator.steps set fence = 4 where plan = 'p'")]
    [InlineData("a step undone without being taken back", "23514", "update orchestrator.steps set state = 'undone' where plan = 'p'")]
    [InlineData("a new round over an old one that still stands", "23514", "update orchestrator.steps set round = 2 where plan = 'p'")]
    [InlineData("a chunk that starts where another started", "23505", "insert into orchestrator.chunks (plan, batch, step, round, number, fence, after_key, last_key, rows, walked) values ('p', 'b', 's', 1, 2, 5, null, array['20'], 10, 10)")]
    [InlineData("a chunk that does not move", "23514", "insert into orchestrator.chunks (plan, batch, step, round, number, fence, after_key, last_key, rows, walked) values ('p', 'b', 's', 1, 2, 5, array['10'], array['10'], 0, 1)")]
    [InlineData("a chunk of a step that was never opened", "23503", "insert into orchestrator.chunks (plan, batch, step, round, number, fence, last_key, rows, walked) values ('p', 'b', 'x', 1, 1, 5, array['20'], 10, 10)")]
    [InlineData("a chunk that is taken away", "42501", "delete from orchestrator.chunks")]
    [InlineData("a check that passes without a measurement", "23514", "insert into orchestrator.checks (run_id, batch, moment, check_id, severity, verdict, rule, query_digest, elapsed) values ('" + Run + "', 'b', 'precheck', 'c', 'gate', 'pass', '= 0', repeat('0', 64), '1s')")]
    [InlineData("a decision that counts twice", "23505", "insert into orchestrator.decisions (run_id, batch, verdict, who, role, evidence, decided_at) select '" + Run + "', 'b', 'go', 'ada', 'dba', repeat('0', 64), now() from generate_series(1, 2)")]
    [InlineData("an entry that is edited", "42501", "update orchestrator.entries set body = '{}'")]
    [InlineData("an entry that is removed", "42501", "delete from orchestrator.entries")]
    [InlineData("entries that are swept away", "42501", "truncate orchestrator.entries")]
    [InlineData("an entry whose hash is not its own", "23514", "insert into orchestrator.entries (sequence, previous, at, kind, body, hash) select sequence + 1, hash, now(), 'test', '{}', repeat('0', 64) from orchestrator.entries order by sequence desc limit 1")]
    [InlineData("an entry that follows none", "23514", "insert into orchestrator.entries (sequence, previous, at, kind, body, hash) select 1000, null, at, kind, body, orchestrator.entry_hash(1000, null, at, kind, null, body) from orchestrator.entries limit 1")]
    [InlineData("an entry that leaves a gap", "23503", "insert into orchestrator.entries (sequence, previous, at, kind, body, hash) select 1000, hash, at, kind, body, orchestrator.entry_hash(1000, hash, at, kind, null, body) from orchestrator.entries limit 1")]
    [InlineData("a second entry after the same one", "23505", "insert into orchestrator.entries (sequence, previous, at, kind, body, hash) select 2, hash, at, kind, body, orchestrator.entry_hash(2, hash, at, kind, null, body) from orchestrator.entries where sequence = 1")]
    public async Task The_ledger_refuses(string what, string sqlState, string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _site.ExecuteAsync(sql));

        Assert.True(sqlState == refusal.SqlState, $"{what}: {refusal.SqlState} {refusal.MessageText}");
    }

    [Fact]
    public async Task The_chain_can_be_recomputed_by_anyone()
    {
        await _site.ExecuteAsync("select orchestrator.append('test', null, jsonb_build_object('n', n)) from generate_series(1, 20) as n");

        var broken = await _site.ScalarAsync<long>(
            """
            select count(*)
            from (
              select e.*, lag(hash) over (order by sequence) as expected
              from orchestrator.entries e
            ) e
            where previous is distinct from expected
              or hash <> encode(sha256(convert_to(concat_ws(E'\n', sequence, coalesce(previous, ''),
                to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, coalesce(run_id::text, ''), body), 'UTF8')), 'hex')
            """);

        Assert.Equal(0, broken);
    }

    [Fact]
    public async Task Writers_at_the_same_time_make_one_chain()
    {
        var before = await _site.ScalarAsync<long>("select count(*) from orchestrator.entries");

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, _) =>
        {
            for (var i = 0; i < 20; i++)
            {
                await _site.ExecuteAsync("select orchestrator.append('test', null, jsonb_build_object())");
            }
        });

        Assert.Equal(before + 160, await _site.ScalarAsync<long>("select max(sequence) from orchestrator.entries"));
    }
}
