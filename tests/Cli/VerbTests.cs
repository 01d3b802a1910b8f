using System.Text.Json;

namespace Orchestrator.Tests.Cli;

/// <summary>The people's way through a release, each word of it a command of its own on a real stack.</summary>
[Collection(LaptopStackCollection.Name)]
public sealed class VerbTests(LaptopStack stack) : IDisposable
{
    private readonly string _plan = Directory.CreateTempSubdirectory("plan-").FullName;

    [Fact]
    public async Task A_release_is_asked_for_signed_kept_proven_and_taken_back()
    {
        await WritePlanAsync(await KeyAsync());
        await using var run = stack.Start("run", _plan, "--as", "linus");
        await run.SaysAsync("(go / no-go / detach)");

        Assert.Contains("Waiting for 1 of dba: ada.", await SayAsync(0, "status"));
        Assert.Contains("add --sign", await SayAsync(5, "decide", "go", "--as", "ada"));
        Assert.Contains("There is no key", await SayAsync(5, "decide", "go", "--as", "mallory", "--sign"));
        Assert.Contains("paused", await SayAsync(0, "pause", "--as", "ada", "--reason", "lunch"));
        Assert.Contains("paused already", await SayAsync(5, "pause", "--as", "ada"));
        Assert.Contains("goes on", await SayAsync(0, "resume", "--as", "ada"));
        Assert.Contains("signed", await SayAsync(0, "decide", "go", "--as", "ada", "--sign", "--comment", "counts agree"));
        Assert.Equal(0, await run.ExitAsync());

        Assert.Contains(""""batch":"one","requester":"linus"}"""", await SayAsync(0, "plan", "publish", _plan, "--as", "linus"));
        Assert.Contains("1 signed decisions", await SayAsync(0, "ledger", "verify"));
        Assert.Contains("counts agree", await SayAsync(0, "report", "verbs"));
        Assert.Contains("'one' is taken back.", await SayAsync(0, "rollback", "verbs", "--batch", "one", "--reason", "a mistake", "--as", "ada"));
        Assert.Contains("has not been done", await SayAsync(5, "rollback", "verbs", "--batch", "one", "--reason", "a mistake", "--as", "ada"));
    }

    public void Dispose() => Directory.Delete(_plan, recursive: true);

    private async Task<string> KeyAsync()
    {
        var said = await SayAsync(0, "approver", "keygen", "ada", "--json");
        return JsonDocument.Parse(said).RootElement.GetProperty("publicKey").GetString()!;
    }

    private Task<string> SayAsync(int code, params string[] arguments) => stack.Shell.SayAsync(code, arguments);

    private async Task WritePlanAsync(string key)
    {
        await PlanFiles.WriteAsync(
            _plan,
            $$"""
            plan: verbs
            databases: [db]
            environments: { local: embedded }
            approvers: { ada: "{{key}}" }
            batches:
              - id: one
                owner: ada
                steps:
                  - { id: table, kind: ddl, apply: s.sql, undo: u.sql }
                gate:
                  question: Shall it stay?
                  roles: { dba: [ada] }
                  signatures: required
            """,
            "create table kept (id int);",
            "drop table if exists kept;");
    }
}
