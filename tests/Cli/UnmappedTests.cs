using System.Text.Json;

namespace Orchestrator.Tests.Cli;

/// <summary>Rows that cannot be matched: asked about, answered and taken in, each by a command of its own on a real stack.</summary>
[Collection(LaptopStackCollection.Name)]
public sealed class UnmappedTests(LaptopStack stack) : IDisposable
{
    private readonly string _plan = Directory.CreateTempSubdirectory("plan-").FullName;

    public void Dispose() => Directory.Delete(_plan, recursive: true);

    [Fact]
    public async Task What_cannot_be_matched_is_answered_by_people_and_a_rerun_takes_it_in()
    {
        await WritePlanAsync();

        Assert.Contains("'db' is not there yet", await SayAsync(0, "plan", "dry-run", _plan));
        Assert.Contains("1 by name; 2 rows in the unmapped queue", await SayAsync(0, "run", _plan, "--as", "linus"));
        var entries = JsonDocument.Parse((await SayAsync(0, "unmapped", "list", "--json")).Trim()).RootElement.GetProperty("entries").EnumerateArray()
            .ToDictionary(e => e.GetProperty("entry").GetProperty("key").GetString()!, e => e.GetProperty("entry").GetProperty("id").GetInt64().ToString());
        Assert.Contains("candidates 12, 13", await SayAsync(0, "unmapped", "list", "people"));
        Assert.Contains("no row whose", await SayAsync(5, "unmapped", "resolve", entries["2"], "--target", "99", "--reason", "a guess"));
        Assert.Contains("is for grace", await SayAsync(0, "unmapped", "assign", entries["2"], "--to", "grace"));
        Assert.Contains("is 13, says grace", await SayAsync(0, "unmapped", "resolve", entries["2"], "--target", "13", "--reason", "same address", "--as", "grace"));
        Assert.Contains("has no counterpart, says grace", await SayAsync(0, "unmapped", "close", entries["3"], "--reason", "left in 1999", "--as", "grace"));
        Assert.Contains("1 rows", await SayAsync(0, "run", _plan, "--as", "linus", "--again"));
        Assert.Contains("nothing waits for an answer", await SayAsync(0, "unmapped", "list"));
        Assert.Contains("one.match (match): done; a rerun would change 0 rows", await SayAsync(0, "plan", "dry-run", _plan));
        Assert.Contains("whole", await SayAsync(0, "ledger", "verify"));
    }

    private Task<string> SayAsync(int code, params string[] arguments) => stack.Shell.SayAsync(code, arguments);

    private async Task WritePlanAsync()
    {
        await PlanFiles.WriteAsync(
            _plan,
            """
            plan: people
            databases: [db]
            environments: { local: embedded }
            batches:
              - id: one
                owner: ada
                steps:
                  - { id: tables, kind: sql, apply: s.sql, undo: u.sql }
                  - id: match
                    kind: match
                    table: old
                    key: id
                    target: { table: new, key: id }
                    bridge: bridge
                    by:
                      - { name: name, source: name, target: name, normalise: [lower, trim] }
                postchecks:
                  - { id: asked, kind: unmapped, step: match, expect: "<= 2" }
            """,
            """
            create table old (id int primary key, name text);
            create table new (id int primary key, name text);
            insert into old values (1, 'Ada '), (2, 'Twins'), (3, 'Nobody');
            insert into new values (11, 'ada'), (12, 'twins'), (13, 'TWINS');
            """,
            "drop table if exists old, new;");
    }
}
