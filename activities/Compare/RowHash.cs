using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Compare;

/// <summary>
/// SQL that makes one number of 64 bits of a row, by PostgreSQL's own hash functions. Each column is hashed with what the columns before
/// it gave as its seed. <c>hash_record_extended</c> alone adds its columns up: in a sum over rows, two rows that swapped a value would
/// look as before. It also makes a record of every row first, which takes as long as the hashing.
/// </summary>
internal static class RowHash
{
    // Bits of an integer that stays positive.
    private const int FlagsAtOnce = 30;

    // How a value is hashed with a seed, and what stands for null there. The first three hand their seed on as it is, or nearly so, for a
    // zero: they come first, so that something stirs what they give. Types whose functions cannot be called, or lose their seed, are not here.
    private static readonly (string Type, string Sql, string Nothing)[] Chained =
    [
        ("numeric", "hash_numeric_extended({0}, {1})", "0"),
        ("real", "hashfloat4extended({0}, {1})", "0"),
        ("double precision", "hashfloat8extended({0}, {1})", "0"),
        ("smallint", "hashint2extended({0}, {1})", "0::smallint"),
        ("integer", "hashint4extended({0}, {1})", "0"),
        ("bigint", "hashint8extended({0}, {1})", "0"),
        ("boolean", "hashint4extended(({0})::int, {1})", "false"),
        ("uuid", "uuid_hash_extended({0}, {1})", "'00000000-0000-0000-0000-000000000000'"),
        ("timestamp without time zone", "timestamp_hash_extended({0}, {1})", "'epoch'"),
        ("timestamp with time zone", "timestamp_hash_extended(({0}) at time zone 'UTC', {1})", "'epoch'"),
        ("character", "hashbpcharextended({0}, {1})", "''"),
        ("character varying", "hashtextextended({0}, {1})", "''"),
        ("text", "hashtextextended({0}, {1})", "''"),
    ];

    private static readonly HashSet<string> HandTheirSeedOn = ["numeric", "real", "double precision"];

    public static string Sql(IReadOnlyList<ComparedColumn> columns)
    {
        var chained = columns.Where(c => PlaceOf(c) >= 0).OrderBy(PlaceOf).ToList();
        var others = columns.Except(chained).ToList();
        var sql = others.Count == 0 ? "0" : $"hash_record_extended({RecordSql(others)}, 0)";
        foreach (var flags in chained.SelectMany(Flags).Chunk(FlagsAtOnce))
        {
            sql = $"hashint4extended({string.Join(" + ", flags.Select((f, place) => $"({f})::int * {1 << place}"))}, {sql})";
        }

        foreach (var column in chained)
        {
            var (_, hashSql, nothingSql) = Chained[PlaceOf(column)];
            var name = SqlIdentifier.Of(column.Name).ToString();
            sql = string.Format(hashSql, column.Nullable ? $"coalesce({name}, {nothingSql})" : name, sql);
        }

        return chained.Count > 0 && !HandTheirSeedOn.Contains(TypeOf(chained[^1])) ? sql : $"hashtextextended('', {sql})";
    }

    /// <summary>The columns as one record of types that have a hash.</summary>
    public static string RecordSql(IReadOnlyList<ComparedColumn> columns) =>
        $"row({string.Join(", ", columns.Select(c => c.Hashable ? $"{SqlIdentifier.Of(c.Name)}" : $"{SqlIdentifier.Of(c.Name)}::text"))})";

    /// <summary>What of a value its hash does not show: that it is a null and not what stands for it, and which of the numbers that are none it is.</summary>
    private static IEnumerable<string> Flags(ComparedColumn column)
    {
        var name = SqlIdentifier.Of(column.Name).ToString();
        if (column.Nullable)
        {
            yield return $"{name} is null";
        }

        // With a precision it has no infinities, and what is no number is unlike all others.
        if (column.Type == "numeric")
        {
            yield return $"coalesce({name} = 'NaN', false)";
            yield return $"coalesce({name} = 'Infinity', false)";
        }
    }

    private static int PlaceOf(ComparedColumn column) => column.Hashable ? Array.FindIndex(Chained, c => c.Type == TypeOf(column)) : -1;

    /// <summary>The type without its length, which may stand in the middle of its name.</summary>
    private static string TypeOf(ComparedColumn column)
    {
        var start = column.Type.IndexOf('(');
        return start < 0 ? column.Type : column.Type.Remove(start, column.Type.IndexOf(')', start) + 1 - start);
    }
}
