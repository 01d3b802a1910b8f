using System.Text.Json;

namespace Orchestrator.Tests.Cli;

/// <summary>The people's way through a release, each word of it a command of its own on a real stack.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly string _plan = Directory.CreateTempSubdirectory("plan-").FullName;
    private readonly string _settings = Directory.CreateTempSubdirectory("settings-").FullName;

    [Fact]
    public async Task A_release_is_asked_for_signed_kept_proven_and_taken_back()
    {
        await using var home = new StackHome();
        await WritePlanAsync(await KeyAsync(home));
        await using var run = OrchestratorProcess.Start(home.Folder, ["run", _plan, "--as", "linus"]);
        await run.SaysAsync("(go / no-go / detach)");

        Assert.Contains("Waiting for 1 of dba: ada.", await SayAsync(home, 0, "status"));
        Assert.Contains("add --sign", await SayAsync(home, 5, "decide", "go", "--as", "ada"));
        Assert.Contains("There is no key", await SayAsync(home, 5, "decide", "go", "--as", "mallory", "--sign"));
        Assert.Contains("paused", await SayAsync(home, 0, "pause", "--as", "ada", "--reason", "lunch"));
        Assert.Contains("paused already", await SayAsync(home, 5, "pause", "--as", "ada"));
        Assert.Contains("goes on", await SayAsync(home, 0, "resume", "--as", "ada"));
        Assert.Contains("signed", await SayAsync(home, 0, "decide", "go", "--as", "ada", "--sign", "--comment", "counts agree"));
        Assert.Equal(0, await run.ExitAsync());

        await using var up = home.Up();
        await up.SaysAsync("Ready.");
        Assert.Contains(""""batch":"one","requester":"linus"}"""", await SayAsync(home, 0, "plan", "publish", _plan, "--as", "linus"));
        Assert.Contains("1 signed decisions", await SayAsync(home, 0, "ledger", "verify"));
        Assert.Contains("counts agree", await SayAsync(home, 0, "report", "verbs"));
        Assert.Contains("'one' is taken back.", await SayAsync(home, 0, "rollback", "verbs", "--batch", "one", "--reason", "a mistake", "--as", "ada"));
        Assert.Contains("has not been done", await SayAsync(home, 5, "rollback", "verbs", "--batch", "one", "--reason", "a mistake", "--as", "ada"));
        Assert.Equal(0, await up.InterruptAsync());
    }

    public void Dispose()
    {
        Directory.Delete(_plan, recursive: true);
        Directory.Delete(_settings, recursive: true);
    }

    private async Task<string> KeyAsync(StackHome home)
    {
        var said = await SayAsync(home, 0, "approver", "keygen", "ada", "--json");
        return JsonDocument.Parse(said).RootElement.GetProperty("publicKey").GetString()!;
    }

    private async Task<string> SayAsync(StackHome home, int code, params string[] arguments)
    {
        await using var process = OrchestratorProcess.Start(home.Folder, arguments, ("XDG_CONFIG_HOME", _settings));
        var exit = await process.ExitAsync();
        Assert.True(exit == code, $"{string.Join(' ', arguments)} ended with {exit} and said: {process.Said}");
        return process.Said;
    }

    private async Task WritePlanAsync(string key)
    {
        await File.WriteAllTextAsync(Path.Combine(_plan, "s.sql"), "create table kept (id int);");
        await File.WriteAllTextAsync(Path.Combine(_plan, "u.sql"), "drop table if exists kept;");
        await File.WriteAllTextAsync(
            Path.Combine(_plan, "plan.yaml"),
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
            """);
    }
}
