using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql;

/// <summary>The eight table-level lock modes of PostgreSQL, weakest first (manual, 13.3.1).</summary>
public enum LockLevel
{
    AccessShare = 1,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

public static class LockLevels
{
    public static ImmutableArray<LockLevel> All { get; } = [.. Enum.GetValues<LockLevel>()];

    /// <summary>As the manual and <c>lock table ... in ... mode</c> write it.</summary>
    public static string Name(this LockLevel level) => level switch
    {
        LockLevel.AccessShare => "ACCESS SHARE",
        LockLevel.RowShare => "ROW SHARE",
        LockLevel.RowExclusive => "ROW EXCLUSIVE",
        LockLevel.ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
        LockLevel.Share => "SHARE",
        LockLevel.ShareRowExclusive => "SHARE ROW EXCLUSIVE",
        LockLevel.Exclusive => "EXCLUSIVE",
        _ => "ACCESS EXCLUSIVE",
    };

    /// <summary>As <c>pg_locks.mode</c> writes it.</summary>
    public static string Mode(this LockLevel level) => level + "Lock";

    /// <summary>What other sessions cannot do while it is held.</summary>
    public static string Blocks(this LockLevel level) => level switch
    {
        LockLevel.AccessShare => "only what needs the table for itself, such as drop table",
        LockLevel.RowShare => "lock table in exclusive mode, and most alter table",
        LockLevel.RowExclusive => "create index, and most alter table",
        LockLevel.ShareUpdateExclusive => "vacuum, analyze, create index concurrently and other changes of the schema; reads and writes go on",
        LockLevel.Share => "every write (insert, update, delete); reads go on",
        LockLevel.ShareRowExclusive => "every write (insert, update, delete); reads go on",
        LockLevel.Exclusive => "every write and select for update; plain reads go on",
        _ => "every read and every write",
    };

    public static bool BlocksWrites(this LockLevel level) => level.ConflictsWith(LockLevel.RowExclusive);

    public static bool BlocksReads(this LockLevel level) => level.ConflictsWith(LockLevel.AccessShare);

    public static bool ConflictsWith(this LockLevel level, LockLevel other) => Conflicts(level).Contains(other);

    public static LockLevel? Parse(string name) =>
        All.Where(level => level.Name().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(level => (LockLevel?)level).FirstOrDefault();

    private static LockLevel[] Conflicts(LockLevel level) => level switch
    {
        LockLevel.AccessShare => [LockLevel.AccessExclusive],
        LockLevel.RowShare => [LockLevel.Exclusive, LockLevel.AccessExclusive],
        LockLevel.RowExclusive => [LockLevel.Share, LockLevel.ShareRowExclusive, LockLevel.Exclusive, LockLevel.AccessExclusive],
        LockLevel.ShareUpdateExclusive =>
            [LockLevel.ShareUpdateExclusive, LockLevel.Share, LockLevel.ShareRowExclusive, LockLevel.Exclusive, LockLevel.AccessExclusive],
        LockLevel.Share =>
            [LockLevel.RowExclusive, LockLevel.ShareUpdateExclusive, LockLevel.ShareRowExclusive, LockLevel.Exclusive, LockLevel.AccessExclusive],
        LockLevel.ShareRowExclusive =>
            [LockLevel.RowExclusive, LockLevel.ShareUpdateExclusive, LockLevel.Share, LockLevel.ShareRowExclusive, LockLevel.Exclusive, LockLevel.AccessExclusive],
        LockLevel.Exclusive => [.. All.Where(other => other != LockLevel.AccessShare)],
        _ => [.. All],
    };
}
