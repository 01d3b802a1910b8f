using Npgsql;
using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

/// <summary>The examples of the rules on a real server: the good ones and the safer forms run, the bad ones run or are refused as the rule says.</summary>
public sealed class ExampleTests(ExampleDatabase database) : IClassFixture<ExampleDatabase>
{
    public static TheoryData<string> Ids => [.. LintRules.All.Where(rule => rule.Example.Run != ExampleRun.NotAtAll).Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_good_example_runs(string id)
    {
        if (RuleExamples.Rule(id).Example is var example && example.Since <= database.Version)
        {
            await RunAsync(example.Good);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_bad_example_runs_or_is_refused_as_the_rule_says(string id)
    {
        if (RuleExamples.Rule(id).Example is var example && example.Since <= database.Version)
        {
            var refusal = await Record.ExceptionAsync(() => RunAsync(example.Bad, example.Refusal is not null)) as PostgresException;

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

            await RunAsync([.. rule.Example.Bad[..^1], .. safer.Files]);
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

    private async Task RunAsync(IReadOnlyList<string> files, bool refused = false)
    {
        // What a transaction can hold is rolled back; for the rest a copy of the database is thrown away.
        var needsCopy = refused || files.Count > 1 || files.Any(RunsAlone);
        await using var session = needsCopy ? await ExampleDatabase.CopyAsync() : await database.OpenAsync();
        foreach (var file in files)
        {
            var inTransaction = !RunsAlone(file);
            await session.ExecuteAsync(inTransaction ? "begin" : "select 1");
            await session.RunAsync(file);
            await session.ExecuteAsync(!inTransaction ? "select 1" : needsCopy ? "commit" : "rollback");
        }
    }

    private static bool RunsAlone(string file) => !FileText.Read(new LintFile("x.sql", file), 0).IsTransaction;

    private static IEnumerable<string> StatementsBefore(RuleExample example, Finding finding) =>
        example.Bad.SelectMany(SqlStatements.Split).Select(statement => statement.Text).TakeWhile(text => text != finding.Statement);
}
