using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

internal delegate Check CheckKind(CheckReader reader, CheckHead head, YamlMap map);

/// <summary>One entry a kind: the keys by which YAML spells it.</summary>
internal static class CheckKinds
{
    private const decimal UsualDriftPercent = 1;
    private static readonly TimeSpan UsualRehearsalAge = TimeSpan.FromDays(30);
    private static readonly TimeSpan UsualMaxAge = TimeSpan.FromHours(24);

    private static readonly Dictionary<string, ObjectKind> ObjectKinds = Enum.GetValues<ObjectKind>().ToDictionary(kind => Spell(kind.ToString()));
    private static readonly Dictionary<string, ConstraintKind> ConstraintTypes = Enum.GetValues<ConstraintKind>().ToDictionary(kind => Spell(kind.ToString()));
    private static readonly Dictionary<string, DeltaUnit> Units = Enum.GetValues<DeltaUnit>().ToDictionary(unit => Spell(unit.ToString()));

    public static IReadOnlyDictionary<string, CheckKind> All { get; } = new Dictionary<string, CheckKind>
    {
        ["scalar"] = (reader, head, map) => new ScalarCheck
        {
            Head = head,
            Query = reader.ReadQuery(map),
            Rule = reader.ReadRule(map),
        },
        ["zero-rows"] = (reader, head, map) => new ZeroRowsCheck
        {
            Head = head,
            Query = reader.ReadQuery(map),
        },
        ["baseline"] = (reader, head, map) => new BaselineCheck
        {
            Head = head,
            Query = reader.ReadQuery(map),
            Baseline = map.Text("baseline", "It is the id of the check whose measurements this one is held against."),
            Window = map.Duration("window"),
            Unit = map.Choice("unit", Units, DeltaUnit.Difference),
            Rule = reader.ReadRule(map),
        },
        ["expected-failure"] = (reader, head, map) => new ExpectedFailureCheck
        {
            Head = head,
            Query = reader.ReadQuery(map),
            SqlState = map.Text("sqlstate", "It is the code that the last statement must be refused with, for example 23505."),
            Constraint = map.OptionalText("constraint"),
        },
        ["uses-index"] = (reader, head, map) => new UsesIndexCheck
        {
            Head = head,
            Query = reader.ReadQuery(map),
            Index = map.Text("index", "It is the index that the planner must choose."),
        },
        ["row-parity"] = (_, head, map) => new RowParityCheck
        {
            Head = head,
            Table = Table(map),
            Where = map.OptionalText("where"),
            Other = ReadOther(map, head),
            Tolerance = map.Number("tolerance", 0),
        },
        ["same-content"] = (reader, head, map) => new SameContentCheck
        {
            Head = head,
            Table = map.OptionalText("table") ?? "",
            Query = reader.ReadOptionalQuery(map),
            Key = map.Texts("key") is { Count: > 0 } key ? key : null,
            Where = map.OptionalText("where"),
            Other = ReadOther(map, head, reader.ReadOptionalQuery),
            Sample = ReadSample(map),
            Columns = map.Texts("columns") is { Count: > 0 } columns ? columns : null,
        },
        ["sum-parity"] = (_, head, map) => new SumParityCheck
        {
            Head = head,
            Table = Table(map),
            Column = map.Text("column", "It is the column that is summed up."),
            Where = map.OptionalText("where"),
            OtherColumn = map.OptionalText("other-column") ?? map.OptionalText("column") ?? "",
            Other = ReadOther(map, head),
            Tolerance = map.Decimal("tolerance", 0),
        },
        ["duplicates"] = (_, head, map) => new DuplicatesCheck
        {
            Head = head,
            Table = Table(map),
            Columns = RequiredTexts(map, "columns", "Name the columns in which no two rows may agree."),
            Where = map.OptionalText("where"),
        },
        ["orphans"] = (_, head, map) => new OrphansCheck
        {
            Head = head,
            Table = Table(map),
            References = map.Map("references") is { } references ? ReadReference(references) : null,
        },
        ["nulls"] = (_, head, map) => new NullsCheck
        {
            Head = head,
            Table = Table(map),
            Columns = RequiredTexts(map, "columns", "Name the columns that must have a value."),
            Where = map.OptionalText("where"),
        },
        ["objects"] = (_, head, map) => new ObjectsCheck
        {
            Head = head,
            What = map.Choice("object", ObjectKinds, ObjectKind.Table),
            Names = RequiredTexts(map, "names", "Name what must be there."),
            Absent = map.Flag("absent", false),
        },
        ["columns"] = (_, head, map) => new ColumnsCheck
        {
            Head = head,
            Table = Table(map),
            Columns = [.. RequiredTexts(map, "columns", "Write each as 'name', 'name type' or 'name type not null'.").Select(ColumnShape.Parse)],
            Exact = map.Flag("exact", true),
        },
        ["enum"] = (_, head, map) => new EnumCheck
        {
            Head = head,
            Type = map.Text("type", "It is the enum type."),
            Values = RequiredTexts(map, "values", "Write the values in their order."),
        },
        ["index"] = (_, head, map) => new IndexCheck
        {
            Head = head,
            Table = Table(map),
            Index = map.Text("index", "It is the index that must be there."),
            Columns = RequiredTexts(map, "columns", "Write its columns or expressions in their order."),
            Includes = map.Texts("include"),
            Method = map.OptionalText("method") ?? "btree",
            Unique = map.Flag("unique", false),
            Where = map.OptionalText("where"),
        },
        ["constraint"] = (_, head, map) => new ConstraintCheck
        {
            Head = head,
            Table = Table(map),
            Constraint = map.Text("constraint", "It is the constraint that must be there."),
            Type = map.OptionalChoice("type", ConstraintTypes),
            Definition = map.OptionalText("definition"),
        },
        ["environment"] = (_, head, map) => new EnvironmentCheck
        {
            Head = head,
            Variables = RequiredTexts(map, "variables", "Name the environment variables that the worker must have."),
        },
        ["flag"] = (_, head, map) => new FlagCheck
        {
            Head = head,
            Flag = map.Text("flag", "It is the flag's name."),
            Value = map.OptionalText("value") ?? FlagRules.Off,
        },
        ["disk"] = (reader, head, map) => new DiskCheck
        {
            Head = head,
            FreeBytes = map.Size("free"),
            TimesDatabase = map.Decimal("times-database", 0),
            Query = reader.ReadOptionalQuery(map),
        },
        ["backup"] = (_, head, map) => new BackupCheck
        {
            Head = head,
            Variable = map.Text("variable", "It names the environment variable that holds the path of the dump."),
            MaxAge = map.Duration("max-age") ?? UsualMaxAge,
            DriftPercent = map.Decimal("drift-percent", UsualDriftPercent),
        },
        ["unmapped"] = (reader, head, map) => new UnmappedCheck
        {
            Head = head,
            Step = map.OptionalText("step"),
            Rule = reader.ReadOptionalRule(map) ?? new Rule(Comparison.Equal, 0),
        },
        ["rehearsed"] = (_, head, map) => new RehearsedCheck
        {
            Head = head,
            Within = map.Duration("within") ?? UsualRehearsalAge,
        },
    };

    private static string Table(YamlMap map) => map.Text("table", "It is the table that is looked at.");

    private static IReadOnlyList<string> RequiredTexts(YamlMap map, string key, string hint)
    {
        map.Require(key, hint);
        return map.Texts(key);
    }

    private static RowSample? ReadSample(YamlMap map)
    {
        var percent = map.Decimal("sample-percent", 0);
        var seed = map.Number("seed", 0);
        return percent == 0 ? null : new RowSample(percent, seed);
    }

    private static RowSet ReadOther(YamlMap map, CheckHead head, Func<YamlMap, SqlScript?>? readQuery = null)
    {
        map.Require("other", "It has a 'table', and where it is elsewhere a 'database'.");
        if (map.Map("other") is not { } other)
        {
            return new RowSet { Database = head.Database, Table = "" };
        }

        var query = readQuery?.Invoke(other);
        var rows = new RowSet
        {
            Database = other.OptionalText("database") ?? head.Database,
            Table = query is null ? Table(other) : other.OptionalText("table") ?? "",
            Query = query,
            Where = other.OptionalText("where"),
        };
        other.RefuseOthers();
        return rows;
    }

    private static Reference ReadReference(YamlMap map)
    {
        var reference = new Reference(
            RequiredTexts(map, "columns", "Name the columns that refer."),
            Table(map),
            RequiredTexts(map, "table-columns", "Name the columns that they refer to."));
        map.RefuseOthers();
        return reference;
    }

    // "ForeignKey" is written foreign-key.
    private static string Spell(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
