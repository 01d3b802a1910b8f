using Orchestrator.Workflows.Plan;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Plans;

/// <summary>From YAML to the plan.</summary>
internal sealed class PlanReader(PlanFindings findings, SqlFiles files)
{
    private const string Embedded = "embedded";
    private static readonly TimeSpan UsualSmokeTime = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, StepKindReader> StepKinds = new()
    {
        ["ddl"] = (reader, head, map) => new DdlStep { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo, Apply = reader.ReadApply(map) },
        ["sql"] = (reader, head, map) => new SqlStep { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo, Apply = reader.ReadApply(map) },
        ["backfill"] = (reader, head, map) => reader._transfers.ReadBackfill(map) with { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo },
        ["copy"] = (reader, head, map) => reader._transfers.ReadCopy(map) with { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo },
        ["idmap"] = (reader, head, map) => reader._mappings.ReadIdMap(map) with { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo },
        ["relink"] = (reader, head, map) => reader._mappings.ReadRelink(map) with { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo },
        ["match"] = (reader, head, map) => reader._mappings.ReadMatch(map) with { Id = head.Id, Title = head.Title, Database = head.Database, Undo = head.Undo },
        ["seed"] = (_, head, map) => new SeedStep
        {
            Id = head.Id,
            Title = head.Title,
            Database = head.Database,
            Undo = head.Undo,
            Table = map.Text("table", "It is the table that the rows belong in."),
            Key = ReadKey(map),
            Rows = [.. map.Maps("rows").Select(row => row.Values())],
        },
        ["flag"] = (_, head, map) => new FlagStep
        {
            Id = head.Id,
            Title = head.Title,
            Database = head.Database,
            Undo = head.Undo,
            Flag = map.Text("flag", "It is the flag's name."),
            Value = map.Text("value", "Write off, on, or a percentage such as 25%."),
        },
        ["smoke"] = (reader, head, map) => reader.ReadSmoke(head, map),
    };

    private readonly CheckReader _checks = new(findings, files);
    private readonly GateReader _gates = new(findings);

    private readonly TransferReader _transfers = new(files);
    private readonly MappingReader _mappings = new(findings, new TransferReader(files));
    private IReadOnlyList<string> _databases = [];

    /// <summary>What the plan tells the linter.</summary>
    public LintWishes Lint { get; private set; } = LintWishes.None;

    private delegate Step StepKindReader(PlanReader reader, StepHead head, YamlMap map);

    public MigrationPlan Read(YamlNode root) => Read(new YamlMap(root, "", findings));

    public MigrationPlan Read(YamlMap map)
    {
        var name = map.Text("plan", "It is the plan's name, for example 'plan: tutorial'.");
        map.Require("databases", "List the names by which steps mean their databases.");
        map.Require("batches", "List at least one batch.");
        _databases = map.Texts("databases");
        _gates.ReadApprovers(map);
        var plan = new MigrationPlan
        {
            Name = name,
            Title = map.OptionalText("title") ?? name,
            Databases = _databases,
            Environments = ReadEnvironments(map),
            Batches = [.. map.Maps("batches").Select(ReadBatch)],
        };
        Lint = LintReader.Read(map, findings);
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
            Prechecks = [.. map.Maps("prechecks").Select(check => _checks.Read(check, ReadDatabase(check)))],
            Steps = [.. map.Maps("steps").Select(ReadStep)],
            Postchecks = [.. map.Maps("postchecks").Select(check => _checks.Read(check, ReadDatabase(check)))],
            Gate = map.Map("gate") is { } gate ? _gates.Read(gate) : null,
        };
        map.RefuseOthers();
        return batch;
    }

    private Step ReadStep(YamlMap map)
    {
        var id = map.Text("id");
        var title = map.OptionalText("title") ?? id;
        var database = ReadDatabase(map);
        var undo = files.Read(map, "undo");
        var head = new StepHead(id, title, database, undo);
        var step = map.Kind(StepKinds) is { } kind
            ? kind(this, head, map)
            // Stands in for the kind that cannot be read: the mistake is noted.
            : new DdlStep { Id = id, Title = title, Database = database, Undo = undo, Apply = ReadApply(map) };
        map.RefuseOthers();
        return step;
    }

    private SmokeStep ReadSmoke(StepHead head, YamlMap map) => new()
    {
        Id = head.Id,
        Title = head.Title,
        Database = head.Database,
        Undo = head.Undo,
        Http = map.Map("http") is { } http ? ReadProbe(http) : null,
        Sql = ReadSqlProbe(map),
        Within = map.Duration("within") ?? UsualSmokeTime,
    };

    private SqlProbe? ReadSqlProbe(YamlMap map)
    {
        var query = _checks.ReadOptionalQuery(map);
        var rule = _checks.ReadOptionalRule(map);
        if (query is not null && rule is null)
        {
            findings.Add(map.At("expect"), "A query needs 'expect', the rule that its number is held against.");
        }

        return query is not null && rule is not null ? new SqlProbe(query, rule) : null;
    }

    private static HttpProbe ReadProbe(YamlMap map)
    {
        var probe = new HttpProbe
        {
            Variable = map.Text("variable", "It names the environment variable that holds the address, for example SHOP_URL."),
            Path = map.OptionalText("path") ?? "/",
            Status = map.Number("status", 200),
            Contains = map.OptionalText("contains"),
        };
        map.RefuseOthers();
        return probe;
    }

    private IReadOnlyList<SqlScript> ReadApply(YamlMap map)
    {
        map.Require("apply", "Name the SQL file that does it.");
        return files.Read(map, "apply");
    }

    private static IReadOnlyList<string> ReadKey(YamlMap map)
    {
        map.Require("key", "Name the column, or the columns, that rows are known by.");
        return map.Texts("key");
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

    /// <summary>What every kind of step has.</summary>
    private sealed record StepHead(string Id, string Title, string Database, IReadOnlyList<SqlScript> Undo);
}
