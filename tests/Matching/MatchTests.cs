using Orchestrator.Activities;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Matching;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Matching;

public sealed class MatchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _name = $"m{Guid.NewGuid():N}";

    private string Bridge => $"select coalesce(string_agg(source_key || '=' || target_key || ' ' || matched_by, ', ' order by source_key), '') from {_name}_bridge";

    private string Queue => $"select coalesce(string_agg(key || ' ' || reason || ' ' || state || ' ' || array_to_string(candidates, '+'), ', ' order by key::int), '') from orchestrator.unmapped where plan = '{_name}'";

    [Fact]
    public async Task The_first_key_that_finds_anything_decides_and_the_rest_is_asked()
    {
        await using var site = await PrepareAsync();

        var done = await site.DoAsync("match");

        Assert.Equal((Effect.Changed, 3), (done.Effect, done.Rows));
        Assert.Contains("2 by name-town, 1 by email; 4 rows in the unmapped queue", done.Note);
        Assert.Equal("1=101 email, 2=102 name-town, 7=107 name-town", await site.ScalarAsync<string>(Bridge));
        Assert.Equal("3 multi_match open 103+104, 4 no_match open , 5 invalid_source open , 6 invalid_source open ", await site.ScalarAsync<string>(Queue));
    }

    [Fact]
    public async Task A_rerun_changes_nothing_and_finds_what_was_mended_since()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("match");
        var before = await site.ScalarAsync<string>($"select md5(string_agg(u::text, '' order by id)) from orchestrator.unmapped u where plan = '{_name}'");

        var again = await site.DoAsync("match");
        var after = await site.ScalarAsync<string>($"select md5(string_agg(u::text, '' order by id)) from orchestrator.unmapped u where plan = '{_name}'");
        await site.ExecuteAsync($"update {_name}_old set email = 'ADA@example.com' where id = 4; insert into {_name}_old values (8, 'Nobody', 'Nowhere', ' grace@example.com')");
        var mended = await site.DoAsync("match");

        Assert.Equal((Effect.Nothing, 0), (again.Effect, again.Rows));
        Assert.Equal(before, after);
        Assert.Equal((Effect.Changed, 2), (mended.Effect, mended.Rows));
        Assert.Contains("4=101 email", await site.ScalarAsync<string>(Bridge));
        Assert.Contains("8=102 email", await site.ScalarAsync<string>(Bridge));
        Assert.Contains("4 no_match settled", await site.ScalarAsync<string>(Queue));
    }

    [Fact]
    public async Task What_finds_nothing_is_shown_what_stands_near_and_keeps_it_in_a_rerun()
    {
        await using var site = await PrepareAsync();
        await site.ExecuteAsync($"insert into {_name}_old values (8, 'Grace Hoper', 'New York', null), (9, 'Grcae Hopper', 'New York', null), (10, 'Unknown', null, 'dda@example.com')");

        await site.DoAsync("match");
        var first = await site.ScalarAsync<string>(Queue);
        await site.DoAsync("match");

        Assert.Contains("8 no_match open 102, 9 no_match open 102, 10 no_match open 101", first);
        Assert.Equal(first, await site.ScalarAsync<string>(Queue));
        Assert.False(await site.ScalarAsync<bool>($"select to_regclass('{_name}_bridge_values') is not null"));
    }

    [Fact]
    public async Task Answers_are_examined_chained_and_taken_in_by_a_rerun()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("match");
        var desk = new UnmappedDesk(site.Databases, site.Plan, "test");
        var entries = (await desk.ListAsync(null, settled: false, 10, default)).ToDictionary(e => e.Entry.Key, e => e.Entry.Id);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => desk.AnswerAsync(null, entries["3"], Resolve("999"), default));
        await desk.AnswerAsync(null, entries["3"], new UnmappedAnswer(UnmappedAct.Assign, "ada", null) { Assignee = "grace" }, default);
        await desk.AnswerAsync("db", entries["3"], Resolve("104"), default);
        await desk.AnswerAsync(null, entries["5"], new UnmappedAnswer(UnmappedAct.Close, "grace", "a test customer"), default);
        var taken = await site.DoAsync("match");
        var last = await site.DoAsync("match");

        Assert.Contains("has no row whose \"id\" is 999", refusal.Message);
        Assert.Equal((1, 0), (taken.Rows, last.Rows));
        Assert.Contains("3=104 person", await site.ScalarAsync<string>(Bridge));
        Assert.Equal("4 no_match open , 6 invalid_source open ", await site.ScalarAsync<string>(Queue.Replace("where plan", "where state = 'open' and plan")));
        Assert.Equal("unmapped-assign unmapped-resolve unmapped-close", await site.ScalarAsync<string>(
            $"select string_agg(kind, ' ' order by sequence) from orchestrator.entries where kind like 'unmapped-%' and run_id = '{site.Run.Run}'"));
        Assert.Contains("is settled", (await Assert.ThrowsAsync<RefusalException>(() => desk.AnswerAsync(null, entries["3"], Resolve("103"), default))).Message);
    }

    [Fact]
    public async Task What_people_have_answered_is_there_again_after_an_undo()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("match");
        var desk = new UnmappedDesk(site.Databases, site.Plan, "test");
        var entry = (await desk.ListAsync(null, settled: false, 10, default)).Single(e => e.Entry.Key == "3").Entry;
        await desk.AnswerAsync(null, entry.Id, Resolve("104"), default);
        await site.DoAsync("match");

        Assert.Equal(Effect.Changed, (await site.UndoAsync("match")).Effect);
        Assert.False(await site.ScalarAsync<bool>($"select to_regclass('{_name}_bridge') is not null"));
        var done = await site.DoAsync("match");

        Assert.Contains("1 answers taken in", done.Note);
        Assert.Equal("1=101 email, 2=102 name-town, 3=104 person, 7=107 name-town", await site.ScalarAsync<string>(Bridge));
    }

    [Theory]
    [InlineData("O'Neill & Söhne  GmbH & Co. KG", "lower,punctuation,suffixes,collapse,trim", "oneill söhne")]
    [InlineData("  Smith-Jones,  Jr. ", "lower,punctuation,suffixes,collapse,trim", "smith jones")]
    [InlineData("A.G.", "lower,punctuation,suffixes,collapse,trim", "ag")]
    [InlineData("Acme\t Ltd", "collapse", "Acme Ltd")]
    [InlineData("Acme Ltd", "suffixes", "Acme")]
    [InlineData("  ", "trim", null)]
    [InlineData(" X ", "", " X ")]
    public async Task Texts_are_compared_without_what_does_not_matter(string text, string normalise, string? expected)
    {
        var steps = normalise.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => Enum.Parse<Normalisation>(n, ignoreCase: true)).ToList();
        await using var source = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = source.CreateCommand($"select {NormalSql.Of([$"'{text.Replace("'", "''")}'"], steps)}");

        Assert.Equal(expected, await command.ExecuteScalarAsync() as string);
    }

    [Fact]
    public async Task An_extension_that_is_missing_is_named_before_anything_is_written()
    {
        await using var site = await PrepareAsync(Normalisation.Unaccent);

        Assert.Contains("'create extension unaccent'", (await Assert.ThrowsAsync<RefusalException>(() => site.DoAsync("match"))).Message);
        Assert.False(await site.ScalarAsync<bool>($"select to_regclass('{_name}_bridge') is not null"));
    }

    [Fact]
    public async Task The_queue_keeps_its_own_rules()
    {
        await using var site = await PrepareAsync();
        await site.DoAsync("match");

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => site.ExecuteAsync($"update orchestrator.unmapped set state = 'resolved', who = 'ada', why = 'so' where plan = '{_name}'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => site.ExecuteAsync($"update orchestrator.unmapped set state = 'closed' where plan = '{_name}'"));
        await site.ExecuteAsync($"update orchestrator.unmapped set state = 'closed', who = 'ada', why = 'so' where plan = '{_name}'");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => site.ExecuteAsync($"update orchestrator.unmapped set state = 'settled' where plan = '{_name}'"));
    }

    private static UnmappedAnswer Resolve(string target) => new(UnmappedAct.Resolve, "grace", "read the contract") { Target = target };

    private async Task<Worksite> PrepareAsync(params IReadOnlyList<Normalisation> others)
    {
        var step = new MatchStep
        {
            Id = "match",
            Title = "Match",
            Database = "db",
            Undo = [],
            Table = $"{_name}_old",
            Key = "id",
            Invalid = "name = 'TEST'",
            Target = new MatchTarget($"{_name}_new", "id") { Where = "active" },
            Bridge = $"{_name}_bridge",
            By =
            [
                new MatchKey("email", ["email"], ["mail"]) { Normalise = [Normalisation.Lower, Normalisation.Trim, .. others] },
                new MatchKey("name-town", ["name", "town"], ["full_name", "upper(town)"]) { Normalise = [Normalisation.Lower, Normalisation.Punctuation, Normalisation.Suffixes, Normalisation.Collapse, Normalisation.Trim] },
            ],
        };
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = _name });
        await site.ExecuteAsync(
            $"""
            create table {_name}_old (id int primary key, name text, town text, email text);
            insert into {_name}_old values
              (1, 'Somebody else', 'Paris', ' Ada@Example.com '), (2, 'Grace Hopper, Inc.', 'New York', null), (3, 'Twins', 'Rome', null),
              (4, 'Unknown', 'Oslo', 'x@y'), (5, 'TEST', 'Rome', 'ada@example.com'), (6, null, 'Rome', ''), (7, 'Gone', 'Rome', 'gone@example.com');
            create table {_name}_new (id bigint primary key, full_name text, town text, mail text, active bool not null default true);
            insert into {_name}_new values
              (101, 'Ada', 'London', 'ada@example.com'), (102, 'grace hopper', 'new  york', 'grace@example.com'),
              (103, 'Twins Ltd', 'Rome', null), (104, 'TWINS', 'Rome', null), (107, 'gone', 'rome', null);
            insert into {_name}_new values (106, 'Gone', 'Rome', 'gone@example.com', false);
            """);
        return site;
    }
}
