using System.Net;
using System.Text;
using Orchestrator.Activities;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.OwnUndo;

public sealed class OwnUndoTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly string _table = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task Rows_that_were_there_stay_as_they_are_and_stay_when_the_seed_is_taken_back()
    {
        await using var site = await OpenAsync(Seed(("a", "1"), ("b", "2"), ("c", "3")));
        await site.ExecuteAsync($"create table {_table} (key text primary key, value int); insert into {_table} values ('a', 1), ('b', 77)");

        var done = await site.DoAsync("seed");

        Assert.Equal(new StepEffect(Effect.Changed, 1, "1 rows put in, 2 were there already, 1 of them with other values"), done);
        Assert.Equal("a1 b77 c3", await RowsAsync(site));
        Assert.Equal(1, (await site.UndoAsync("seed")).Rows);
        Assert.Equal("a1 b77", await RowsAsync(site));
    }

    [Fact]
    public async Task A_second_round_of_a_seed_takes_back_what_the_second_round_put_in()
    {
        await using var site = await OpenAsync(Seed(("a", "1"), ("b", null)));
        await site.ExecuteAsync($"create table {_table} (key text primary key, value int)");
        await site.DoAsync("seed");
        await site.UndoAsync("seed");
        await site.ExecuteAsync($"insert into {_table} values ('a', 5)");

        await site.DoAsync("seed");
        await site.UndoAsync("seed");

        Assert.Equal("a5", await RowsAsync(site));
    }

    [Fact]
    public async Task A_flag_that_others_have_set_since_is_left_alone()
    {
        await using var site = await OpenAsync(Flag("on"));
        Assert.Equal($"{_table} is on, was off", (await site.DoAsync("flag")).Note);
        await site.ExecuteAsync($"update orchestrator.flags set value = '25%' where name = '{_table}'");

        var undone = await site.UndoAsync("flag");

        Assert.Equal(new StepEffect(Effect.Nothing, 0, $"{_table} was set by others since, and is left as it is"), undone);
        Assert.Equal("25%", await site.ScalarAsync<string>($"select value from orchestrator.flags where name = '{_table}'"));
    }

    [Fact]
    public async Task A_smoke_test_waits_until_it_works()
    {
        using var shop = new Shop(answers: [(500, "starting"), (200, "starting"), (200, "open")]);
        await using var site = await OpenAsync(Smoke(TimeSpan.FromSeconds(20)));

        var done = await DoAsync(site, shop.Address);

        Assert.Equal(new StepEffect(Effect.Nothing, 0, "/health answered 200, attempt 3"), done);
        Assert.Equal(Effect.Nothing, (await site.UndoAsync("smoke")).Effect);
    }

    [Fact]
    public async Task A_smoke_test_that_never_works_is_refused_with_what_it_saw()
    {
        using var shop = new Shop(answers: [(503, "closed")]);
        await using var site = await OpenAsync(Smoke(TimeSpan.FromMilliseconds(100)));

        Assert.Contains("/health answered 503, wanted 200", (await Assert.ThrowsAsync<RefusalException>(() => DoAsync(site, shop.Address))).Message);
        Assert.Contains("SHOP_URL is not set", (await Assert.ThrowsAsync<RefusalException>(() => DoAsync(site, null))).Message);
        Assert.Contains("does not hold an address", (await Assert.ThrowsAsync<RefusalException>(() => DoAsync(site, "file:///etc/passwd"))).Message);
    }

    [Fact]
    public async Task A_smoke_test_by_sql_measures_like_a_check()
    {
        var smoke = Smoke(TimeSpan.FromMilliseconds(100)) with { Http = null, Sql = new SqlProbe(new SqlScript(SqlScript.Inline, "select 5"), Rule.TryParse("= 5")!) };
        await using var site = await OpenAsync(smoke);

        Assert.Equal("measured 5, wanted = 5, attempt 1", (await DoAsync(site, null)).Note);
    }

    private static async Task<StepEffect> DoAsync(Worksite site, string? address) =>
        await OwnUndoSteps.DoAsync(await site.FindAsync("smoke"), _ => address, TimeProvider.System, default);

    private Task<string?> RowsAsync(Worksite site) => site.ScalarAsync<string>($"select string_agg(key || coalesce(value::text, ''), ' ' order by key) from {_table}");

    private Task<Worksite> OpenAsync(Step step) => Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(step) with { Name = _table });

    private SeedStep Seed(params (string Key, string? Value)[] rows) => new()
    {
        Id = "seed",
        Title = "Seed",
        Database = "db",
        Undo = [],
        Table = _table,
        Key = ["key"],
        Rows = [.. rows.Select(row => new Dictionary<string, string?> { ["key"] = row.Key, ["value"] = row.Value })],
    };

    private FlagStep Flag(string value) => new() { Id = "flag", Title = "Flag", Database = "db", Undo = [], Flag = _table, Value = value };

    private static SmokeStep Smoke(TimeSpan within) => new()
    {
        Id = "smoke",
        Title = "Smoke",
        Database = "db",
        Undo = [],
        Http = new HttpProbe { Variable = "SHOP_URL", Path = "/health", Status = 200, Contains = "open" },
        Within = within,
    };

    /// <summary>Answers one after the other; the last one for ever.</summary>
    private sealed class Shop : IDisposable
    {
        private readonly HttpListener _listener;

        public Shop((int Status, string Body)[] answers)
        {
            (_listener, Address) = Listen();
            _ = AnswerAsync(answers);
        }

        public string Address { get; }

        public void Dispose() => _listener.Close();

        private async Task AnswerAsync((int Status, string Body)[] answers)
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    var call = await _listener.GetContextAsync();
                    var (status, body) = answers[Math.Min(i, answers.Length - 1)];
                    call.Response.StatusCode = status;
                    await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                    call.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }

        // HttpListener does not pick a port by itself.
        private static (HttpListener, string) Listen()
        {
            while (true)
            {
                var address = $"http://127.0.0.1:{Random.Shared.Next(20_000, 30_000)}/";
                var listener = new HttpListener { Prefixes = { address } };
                try
                {
                    listener.Start();
                    return (listener, address);
                }
                catch (HttpListenerException)
                {
                    // Taken; another one is free.
                }
            }
        }
    }
}
