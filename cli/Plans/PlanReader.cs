using Orchestrator.Workflows.Plan;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Plans;

/// <summary>From YAML to the plan.</summary>
internal sealed class PlanReader(PlanFindings findings, SqlFiles files)
{
    private const string Embedded = "embedded";

    private static readonly Dictionary<string, Severity> Severities = new()
    {
        ["warn"] = Severity.Warn,
        ["gate"] = Severity.Gate,
        ["hard-stop"] = Severity.HardStop,
    };

    private static readonly Dictionary<string, StepKind> StepKinds = new()
    {
        ["ddl"] = StepKind.Ddl,
        ["sql"] = StepKind.Sql,
        ["backfill"] = StepKind.Backfill,
    };

    private static readonly Dictionary<string, CheckKind> CheckKinds = new()
    {
        ["scalar"] = CheckKind.Scalar,
        ["zero-rows"] = CheckKind.ZeroRows,
    };

    private IReadOnlyList<string> _databases = [];

    private enum CheckKind
    {
        Scalar,
        ZeroRows,
    }

    public MigrationPlan Read(YamlNode root)
    {
        var map = new YamlMap(root, "", findings);
        var name = map.Text("plan", "It is the plan's name, for example 'plan: tutorial'.");
        map.Require("databases", "List the names by which steps mean their databases.");
        map.Require("batches", "List at least one batch.");
        _databases = map.Texts("databases");
        var plan = new MigrationPlan
        {
            Name = name,
            Title = map.OptionalText("title") ?? name,
            Databases = _databases,
            Environments = ReadEnvironments(map),
            Batches = [.. map.Maps("batches").Select(ReadBatch)],
        };
        map.RefuseOthers();
        return plan;
    }

    private static List<PlanEnvironment> ReadEnvironments(YamlMap plan)
    {
        var environments = new List<PlanEnvironment>();
        if (plan.Map("environments") is not { } map)
        {
            return environments;
        }

        foreach (var name in map.Keys)
        {
            environments.Add(new PlanEnvironment(name, ReadBindings(map, name)));
        }

        return environments;
    }

    private static List<DatabaseBinding>? ReadBindings(YamlMap environments, string name)
    {
        if (environments.IsText(name, Embedded))
        {
            return null;
        }

        var bindings = environments.Map(name)!;
        return [.. bindings.Keys.Select(database => new DatabaseBinding(database, bindings.Text(database)))];
    }

    private Batch ReadBatch(YamlMap map)
    {
        var id = map.Text("id");
        map.Require("steps", "List what the batch does.");
        var batch = new Batch
        {
            Id = id,
            Title = map.OptionalText("title") ?? id,
            Owner = map.Text("owner", "Name the person or the team that answers for it."),
            Needs = map.Texts("needs"),
            Prechecks = [.. map.Maps("prechecks").Select(ReadCheck)],
            Steps = [.. map.Maps("steps").Select(ReadStep)],
            Postchecks = [.. map.Maps("postchecks").Select(ReadCheck)],
            Gate = map.Map("gate") is { } gate ? ReadGate(gate) : null,
        };
        map.RefuseOthers();
        return batch;
    }

    private Step ReadStep(YamlMap map)
    {
        var id = map.Text("id");
        var title = map.OptionalText("title") ?? id;
        var database = ReadDatabase(map);
        map.Require("undo", "Name the SQL file that takes the step back.");
        var undo = files.Read(map, "undo");
        Step step = map.Choice("kind", StepKinds) switch
        {
            StepKind.Ddl => new DdlStep { Id = id, Title = title, Database = database, Undo = undo, Apply = ReadApply(map) },
            StepKind.Sql => new SqlStep { Id = id, Title = title, Database = database, Undo = undo, Apply = ReadApply(map) },
            StepKind.Backfill => new BackfillStep
            {
                Id = id,
                Title = title,
                Database = database,
                Undo = undo,
                Table = map.Text("table", "It is the table whose rows are walked."),
                Key = ReadKey(map),
                Chunk = files.Read(map.At("chunk"), map.Text("chunk", "Name the SQL file with the statement for one range of keys.")) ?? new SqlScript("", ""),
                ChunkRows = map.Number("chunk-rows", PlanLimits.ChunkRowsDefault),
            },
            _ => throw new InvalidOperationException("Every kind has a reader."),
        };
        map.RefuseOthers();
        return step;
    }

    private IReadOnlyList<SqlScript> ReadApply(YamlMap map)
    {
        map.Require("apply", "Name the SQL file that does it.");
        return files.Read(map, "apply");
    }

    private static IReadOnlyList<string> ReadKey(YamlMap map)
    {
        map.Require("key", "Name the column, or the columns, that the rows are walked by.");
        return map.Texts("key");
    }

    private Check ReadCheck(YamlMap map)
    {
        var id = map.Text("id");
        var title = map.OptionalText("title") ?? id;
        var database = ReadDatabase(map);
        var severity = map.Choice("severity", Severities, Severity.Gate);
        var query = ReadQuery(map);
        Check check = map.Choice("kind", CheckKinds) switch
        {
            CheckKind.Scalar => new ScalarCheck { Id = id, Title = title, Database = database, Severity = severity, Query = query, Rule = ReadRule(map) },
            CheckKind.ZeroRows => new ZeroRowsCheck { Id = id, Title = title, Database = database, Severity = severity, Query = query },
            _ => throw new InvalidOperationException("Every kind has a reader."),
        };
        map.RefuseOthers();
        return check;
    }

    private SqlScript ReadQuery(YamlMap map)
    {
        var inline = map.OptionalText("query");
        var path = map.OptionalText("file");
        if (inline is null == path is null)
        {
            findings.Add(map.At("query"), inline is null ? "A check needs a 'query', or a 'file' that holds it." : "A check has a 'query' or a 'file', not both.");
        }

        return inline is not null
            ? new SqlScript(SqlScript.Inline, inline)
            : (path is null ? null : files.Read(map.At("file"), path)) ?? new SqlScript("", "");
    }

    private Rule ReadRule(YamlMap map)
    {
        const string Example = "Write a comparison and a number, for example \">= 1\" or \"= 100 +- 5\".";
        var text = map.Text("expect", Example);
        if (Rule.TryParse(text) is { } rule)
        {
            return rule;
        }

        if (text.Length > 0)
        {
            findings.Add(map.At("expect"), $"'{text}' is not a rule.", Example);
        }

        return new Rule(Comparison.Equal, 0);
    }

    private string ReadDatabase(YamlMap map)
    {
        if (map.OptionalText("database") is { } named)
        {
            return named;
        }

        if (_databases.Count != 1)
        {
            findings.Add(map.At("database"), "Which database? The plan has several, so 'database' must be said.");
        }

        return _databases.Count == 1 ? _databases[0] : "";
    }

    private static Gate ReadGate(YamlMap map)
    {
        var roles = map.Map("roles");
        map.Require("roles", "Name roles and the people who hold them, for example 'dba: [ada, grace]'.");
        var gate = new Gate
        {
            Question = map.Text("question", "Ask what the approvers are to decide."),
            Quorum = map.Number("quorum", 1),
            Roles = roles is null ? [] : [.. roles.Keys.Select(name => new GateRole(name, roles.Texts(name)))],
            RequesterMayDecide = map.Flag("requester-may-decide", false),
            ExpiresAfter = map.Duration("expires-after"),
        };
        map.RefuseOthers();
        return gate;
    }
}
