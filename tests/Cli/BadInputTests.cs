using Orchestrator.Tests.House;

namespace Orchestrator.Tests.Cli;

/// <summary>Whatever is typed, and whatever a folder holds: one clear sentence, the right code, and nothing is started.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good =
        """
        plan: p
        databases: [db]
        environments: { local: embedded }
        batches:
          - id: one
            owner: ada
            steps:
              - { id: s, kind: sql, apply: s.sql, undo: u.sql }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("bad-").FullName;

    public static TheoryData<string, string, string> Plans => new()
    {
        { "broken YAML", "plan: [p", "This is not YAML" },
        { "an unknown key", Good + "colour: red\n", "The plan has no key 'colour'." },
        { "a circle", Good.Replace("owner: ada", "owner: ada\n    needs: [one]", StringComparison.Ordinal), "Batches need each other in a circle" },
        { "a missing file", Good.Replace("apply: s.sql", "apply: t.sql", StringComparison.Ordinal), "There is no file 't.sql' in the plan's folder." },
        { "a file outside", Good.Replace("apply: s.sql", "apply: ../../etc/passwd", StringComparison.Ordinal), "'../../etc/passwd' is outside of the plan's folder." },
        { "a step without undo", Good.Replace(", undo: u.sql", "", StringComparison.Ordinal), "The step 's' has no undo." },
        { "a secret in the plan", Good.Replace("local: embedded", "local: { db: \"Host=x;Password=hunter2\" }", StringComparison.Ordinal), "must be the name of an environment variable" },
        { "a forged key", Good + "approvers: { ada: AAAA }\n", "This is no public key of ada." },
        { "an approver without a key", Good + "    gate: { question: Well?, roles: { dba: [ada] }, signatures: required }\n", "the plan has no public key of ada" },
        { "a window that never opens", Good + "    gate: { question: Well?, roles: { dba: [ada] }, window: { days: [someday], from: \"25:00\", to: \"04:00\" } }\n", "'someday' is no day." },
        { "no plan at all", "", "The file is empty." },
        { "an allowance without a reason", Good + "lint: { allow: [ { rule: x } ] }\n", "needs 'reason'" },
    };

    [Fact]
    public void Every_verb_is_found_by_its_own_name() =>
        Assert.All(Orchestrator.Cli.Program.Verbs, verb => Assert.Equal(verb, Orchestrator.Cli.Program.Create(verb)?.Name));

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_plan_that_is_wrong_is_refused_with_what_to_change(string what, string plan, string sentence)
    {
        await PlanFiles.WriteAsync(_folder, plan, "select 1", "select 1");

        var (code, said) = await InProcess.RunAsync("plan", "show", _folder);

        Assert.True(said.Contains(sentence, StringComparison.Ordinal), $"{what}: {said}");
        Assert.Equal(2, code);
        Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
    }

    public static TheoryData<string[], int, string> CommandLines => new()
    {
        { ["frobnicate"], 2, "frobnicate" },
        { ["decide", "perhaps"], 2, "go" },
        { ["skip"], 2, "--reason" },
        { ["rollback", "p", "--reason", "x"], 2, "--batch" },
        { ["plan", "lint", Path.Combine(SourceTree.Root, "plans", "tutorial"), "--postgres", "9"], 2, "--postgres must be from" },
        { ["plan", "show", "/nowhere"], 2, "There is no folder '/nowhere'." },
        { ["run", "/nowhere"], 2, "There is no folder '/nowhere'." },
        { ["ledger", "verify", "--file", "/nowhere"], 1, "/nowhere" },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task A_command_line_that_is_wrong_is_refused_before_anything_starts(string[] arguments, int code, string sentence)
    {
        var (exit, said) = await InProcess.RunAsync(arguments);

        Assert.Equal(code, exit);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }


    [Fact]
    public async Task A_service_or_a_database_that_is_not_there_is_named_without_its_password()
    {
        await using var silent = OrchestratorProcess.Start(
            _folder, ["status"], ("TEMPORAL_ADDRESS", "127.0.0.1:1"), ("ORCHESTRATOR_LEDGER", "Host=127.0.0.1;Port=1;Database=x;Username=u;Password=hunter2"));

        Assert.Equal(1, await silent.ExitAsync());
        Assert.Contains("Temporal does not answer at 127.0.0.1:1", silent.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", silent.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silent.Said, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
