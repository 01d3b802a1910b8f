using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

/// <summary>The keys of steps that move rows.</summary>
internal sealed class TransferReader(SqlFiles files)
{
    private static readonly Dictionary<string, WriteMode> Modes = new()
    {
        ["insert"] = WriteMode.Insert,
        ["upsert"] = WriteMode.Upsert,
        ["update"] = WriteMode.Update,
        ["preserve-existing"] = WriteMode.PreserveExisting,
    };

    private static readonly Dictionary<string, LateRows> Lates = new()
    {
        ["ignore"] = LateRows.Ignore,
        ["final-pass"] = LateRows.FinalPass,
    };

    private static readonly Dictionary<string, References> ReferenceWays = new()
    {
        ["defer"] = References.Defer,
        ["two-pass"] = References.TwoPass,
    };

    private static readonly Dictionary<string, ThrottleKind> ThrottleKinds = new()
    {
        ["replica-lag"] = ThrottleKind.ReplicaLag,
        ["active-sessions"] = ThrottleKind.ActiveSessions,
        ["lock-waiters"] = ThrottleKind.LockWaiters,
        ["wal-rate"] = ThrottleKind.WalRate,
        ["autovacuum"] = ThrottleKind.Autovacuum,
        ["sql"] = ThrottleKind.Sql,
        ["http"] = ThrottleKind.Http,
    };

    public BackfillStep ReadBackfill(YamlMap map)
    {
        map.Require("key", "Name the column, or the columns, that the rows are walked by.");
        return new BackfillStep
        {
            Id = "",
            Title = "",
            Database = "",
            Undo = [],
            Table = map.Text("table", "It is the table whose rows are walked."),
            Key = map.Texts("key"),
            Chunk = map.OptionalText("chunk") is { } path ? files.Read(map.At("chunk"), path) ?? new SqlScript("", "") : null,
            Into = map.Map("into") is { } into ? ReadMapping(into) : null,
            ChunkRows = map.OptionalNumber("chunk-rows"),
            PoisonRows = map.OptionalNumber("poison-rows"),
            LateRows = map.OptionalChoice("late-rows", Lates),
            Analyze = map.Texts("analyze") is { Count: > 0 } tables ? tables : null,
            Pace = ReadPace(map),
        };
    }

    public CopyStep ReadCopy(YamlMap map)
    {
        map.Require("tables", "Name the tables, or write 'public.*' for all of a schema.");
        return new CopyStep
        {
            Id = "",
            Title = "",
            Database = "",
            Undo = [],
            From = map.Text("from", "It is the database that is read."),
            Tables = map.Texts("tables"),
            Except = map.Texts("except") is { Count: > 0 } except ? except : null,
            Expect = map.Map("expect") is { } expect ? ReadExpected(expect) : null,
            References = map.OptionalChoice("references", ReferenceWays),
            Pace = ReadPace(map),
        };
    }

    private static List<ExpectedRows> ReadExpected(YamlMap map) =>
        [.. map.Keys.Select(table => new ExpectedRows(table, map.Number(table, 0)))];

    private static RowMapping ReadMapping(YamlMap map)
    {
        map.Require("columns", "Write each column with the expression that makes its value, for example 'total: price * quantity'.");
        var columns = map.Map("columns");
        var mapping = new RowMapping
        {
            Table = map.Text("table", "It is the table that is written."),
            Mode = map.Choice("mode", Modes, WriteMode.Insert),
            Key = map.Texts("key"),
            Columns = columns is null ? [] : [.. columns.Keys.Select(name => new ColumnSource(name, columns.Text(name)))],
            Where = map.OptionalText("where"),
        };
        map.RefuseOthers();
        return mapping;
    }

    public TransferPace? ReadPace(YamlMap step)
    {
        if (step.Map("pace") is not { } map)
        {
            return null;
        }

        var pace = new TransferPace
        {
            Lanes = map.OptionalNumber("lanes"),
            ChunkTime = map.Duration("chunk-time"),
            RowsPerSecond = map.OptionalNumber("rows-per-second"),
            Throttles = map.Maps("throttles") is { Count: > 0 } throttles ? [.. throttles.Select(ReadThrottle)] : null,
        };
        map.RefuseOthers();
        return pace;
    }

    private Throttle ReadThrottle(YamlMap map)
    {
        var kind = map.Choice("kind", ThrottleKinds);
        var query = map.OptionalText("query") is { } inline ? new SqlScript(SqlScript.Inline, inline) : null;
        var file = map.OptionalText("file") is { } path ? files.Read(map.At("file"), path) : null;
        // A vacuum on the table is a yes or no: none is allowed unless the plan says otherwise.
        var most = kind == ThrottleKind.Autovacuum ? map.Number("most", 0) : map.Number("most", int.MaxValue);
        if (kind != ThrottleKind.Autovacuum)
        {
            map.Require("most", "Say from which number on the work waits.");
        }

        var throttle = new Throttle(kind, most) { Query = query ?? file, Url = map.OptionalText("url") };
        map.RefuseOthers();
        return throttle;
    }
}
