using Orchestrator.Cli.Plans;
using Orchestrator.Tests.House;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plan;

public sealed class PlanFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plan-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_tutorial_plan_has_no_mistake()
    {
        var reading = PlanFolder.Read(Path.Combine(SourceTree.Root, "plans/tutorial"));

        Assert.Empty(reading.Faults);
        Assert.Equal(["shop", "order-totals"], reading.Plan!.Batches.Select(b => b.Id));
    }

    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_place_and_a_suggestion()
    {
        Write("plan.yaml", """
            plan: Shop!
            databases: [shop]
            environmnets: {}
            environments:
              staging:
                shop: Host=db;Password=secret
            batches:
              - id: one
                needs: [onee]
                owner: ada
                steps:
                  - id: tables
                    kind: dll
                    apply: sql/tabels.sql
                    undo: undo/tables.sql
                    chunk-rows: 5
                prechecks:
                  - id: count
                    kind: scalar
                    query: select 1
                    expect: "about 5"
                gate:
                  question: Well?
                  quorum: 2
                  roles: { dba: [ada] }
                  expires-after: soon
            """);
        Write("sql/tables.sql", "begin; create table t (id int);");
        Write("undo/tables.sql", "drop table t");

        var faults = PlanFolder.Read(_folder.FullName).Faults.Select(f => $"{f.Line}:{f.Column} {f.Message} {f.Suggestion}".Trim());

        Assert.Equal(
            [
                "1:1 'Shop!' is not a usable id. Use lower-case letters, digits and hyphens, a letter first, at most 60 characters.",
                "3:1 The plan has no key 'environmnets'. Did you mean 'environments'?",
                "6:5 This must be the name of an environment variable, not what it holds. Use upper-case letters, digits and underscores, for example STAGING_SHOP_DATABASE.",
                "9:5 There is no batch 'onee'. Did you mean 'one'?",
                "13:9 'dll' is none of ddl, sql, backfill, copy, idmap, relink, match, seed, flag, smoke. Did you mean 'ddl'?",
                "14:9 There is no file 'sql/tabels.sql' in the plan's folder. Did you mean 'sql/tables.sql'?",
                "16:9 A step has no key 'chunk-rows'. It has id, title, database, undo, kind, apply.",
                "21:9 'about 5' is not a rule. Write a comparison and a number, for example \">= 1\" or \"= 100 +- 5\".",
                "24:7 A quorum of 2 cannot be reached by 1 people.",
                "26:7 'soon' is not a duration. Write a number and ms, s, m, h or d, for example 36h.",
            ],
            faults);
    }

    [Theory]
    [InlineData("plan: [", "2:", "This is not YAML")]
    [InlineData("", "1:1", "The file is empty.")]
    [InlineData("plan: a\nplan: b\n", "2:", "This is not YAML")]
    [InlineData("just words", "1:1", "must be a mapping")]
    [InlineData("plan: &a x\ndatabases: [*a]", "1:7", "Anchors and aliases are not read here.")]
    public void A_file_that_is_no_plan_gets_one_sentence(string yaml, string place, string sentence)
    {
        Write("plan.yaml", yaml);

        var first = PlanFolder.Read(_folder.FullName).Faults[0];

        Assert.StartsWith(place, $"{first.Line}:{first.Column}");
        Assert.Contains(sentence, first.Message);
    }

    [Fact]
    public void Nesting_without_end_does_not_end_the_process()
    {
        Write("plan.yaml", new string('[', 500_000));

        Assert.Contains("nested too deeply", Assert.Single(PlanFolder.Read(_folder.FullName).Faults).Message);
    }

    [Fact]
    public void A_file_outside_of_the_folder_is_not_read()
    {
        Write("plan.yaml", Minimal("../../etc/passwd"));

        Assert.Contains(PlanFolder.Read(_folder.FullName).Faults, f => f.Message == "'../../etc/passwd' is outside of the plan's folder.");
    }

    [Fact]
    public void The_digest_covers_the_text_of_every_file()
    {
        Write("plan.yaml", Minimal("sql/a.sql"));
        Write("sql/a.sql", "select 1");
        Write("undo.sql", "select 2");
        var before = PlanCanon.DigestOf(PlanFolder.Read(_folder.FullName).Plan!);

        Write("undo.sql", "select 3");

        Assert.NotEqual(before, PlanCanon.DigestOf(PlanFolder.Read(_folder.FullName).Plan!));
    }

    [Fact]
    public void Line_ends_of_another_system_do_not_change_the_digest()
    {
        Write("plan.yaml", Minimal("sql/a.sql"));
        Write("undo.sql", "select 2");
        Write("sql/a.sql", "select 1,\n2");
        var here = PlanCanon.DigestOf(PlanFolder.Read(_folder.FullName).Plan!);

        Write("sql/a.sql", "select 1,\r\n2");

        Assert.Equal(here, PlanCanon.DigestOf(PlanFolder.Read(_folder.FullName).Plan!));
    }

    private static string Minimal(string apply) => $"""
        plan: small
        databases: [db]
        environments: {"{"} local: embedded {"}"}
        batches:
          - id: one
            owner: ada
            steps:
              - id: step
                kind: ddl
                apply: {apply}
                undo: undo.sql
        """;

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
