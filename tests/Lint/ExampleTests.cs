using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

/// <summary>The examples of the rules on a real server: the good ones and the safer forms run, the bad ones run or are refused as the rule says.</summary>
[TakesSeconds(13)]
public sealed class ExampleTests(ExampleDatabase database) : IClassFixture<ExampleDatabase>
{
    public static TheoryData<string> Ids => [.. LintRules.All.Where(rule => rule.Example.Run != ExampleRun.NotAtAll).Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_good_example_runs(string id)
    {
        if (RuleExamples.Rule(id).Example is var example && example.Since <= database.Version)
        {
            await RunAsync(example, example.Good);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_bad_example_runs_or_is_refused_as_the_rule_says(string id)
    {
        if (RuleExamples.Rule(id).Example is var example && example.Since <= database.Version)
        {
            var refusal = await Record.ExceptionAsync(() => RunAsync(example, example.Bad)) as PostgresException;

            Assert.Equal(example.Refusal, refusal?.SqlState);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_safer_form_runs(string id)
    {
        if (RuleExamples.Rule(id) is var rule && rule.Example.Since <= database.Version)
        {
            var safer = RuleExamples.Lint(rule, rule.Example.Bad, database.Version).Findings.First(finding => finding.Rule == id).Safer;

            await RunAsync(rule.Example, [.. rule.Example.Bad[..^1], .. safer.Files]);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_strongest_lock_really_held_is_the_one_that_is_claimed(string id)
    {
        var rule = RuleExamples.Rule(id);
        if (rule.Example.Since > database.Version || rule.Example.Run == ExampleRun.Alone || rule.Example.Refusal is not null)
        {
            return;
        }

        foreach (var finding in RuleExamples.Lint(rule, rule.Example.Bad, database.Version).Findings.Where(finding => finding.Rule == id && finding.Lock is not null))
        {
            var before = StatementsBefore(rule.Example, finding).ToList();
            await using var session = before.Count > 0 ? await ExampleDatabase.CopyAsync() : await database.OpenAsync();
            foreach (var statement in before)
            {
                await session.ExecuteAsync(statement);
            }

            var measured = await session.MeasureAsync(finding.Statement, finding.Relation!.ToString());

            Assert.Equal(finding.Lock, measured.Lock);
        }
    }

    // What the server refuses is most often refused for what is in the same transaction, so those need their commits.
    private Task RunAsync(RuleExample example, IReadOnlyList<string> files) =>
        example.Refusal is not null || files.Any(RunsAlone) ? RunOnCopyAsync(files) : RunAndRollBackAsync(files);

    private async Task RunAndRollBackAsync(IReadOnlyList<string> files)
    {
        await using var session = await database.OpenAsync();
        await session.ExecuteAsync("begin");
        foreach (var file in files)
        {
            await session.RunAsync(file);
        }

        await session.ExecuteAsync("rollback");
    }

    private static async Task RunOnCopyAsync(IReadOnlyList<string> files)
    {
        await using var session = await ExampleDatabase.CopyAsync();
        foreach (var file in files)
        {
            await session.RunAsync(RunsAlone(file) ? file : $"begin;\n{file}\n;commit;");
        }
    }

    private static bool RunsAlone(string file) => !FileText.Read(new LintFile("x.sql", file), 0).IsTransaction;

    private static IEnumerable<string> StatementsBefore(RuleExample example, Finding finding) =>
        example.Bad.SelectMany(SqlStatements.Split).Select(statement => statement.Text).TakeWhile(text => text != finding.Statement);
}
