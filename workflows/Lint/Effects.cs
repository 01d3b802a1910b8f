using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

internal readonly record struct Effect(SqlName Relation, LockLevel Lock, TableWork Work = TableWork.None)
{
    /// <summary>Nobody else gets to the rows while it does.</summary>
    public bool GoesThroughRowsAlone => Work > TableWork.None && Lock == LockLevel.AccessExclusive;
}

/// <summary>
/// Which relations a statement locks, how strongly, and what it does to their rows. Every claim here is held against pg_locks, relfilenode
/// and scan counters of a real server by the tests.
/// </summary>
internal sealed record Effects(ImmutableArray<Effect> All)
{
    /// <summary>Relations are resolved; so must be the one that is asked for.</summary>
    public Effect? On(SqlName relation)
    {
        var found = All.Where(effect => effect.Relation == relation).ToList();
        return found.Count == 0 ? null : new Effect(relation, found.Max(effect => effect.Lock), found.Max(effect => effect.Work));
    }

    public static Effects Of(Statement statement, PlanCatalog catalog, int version) =>
        new([.. Raw(statement, catalog, version).Select(effect => effect with { Relation = catalog.Resolve(effect.Relation) })]);

    public static Effects Of(SqlName table, AlterAction action, PlanCatalog catalog, int version) =>
        new([.. AlterEffects.Of(table, action, catalog, version).Select(effect => effect with { Relation = catalog.Resolve(effect.Relation) })]);

    private static IEnumerable<Effect> Raw(Statement statement, PlanCatalog catalog, int version) => statement switch
    {
        AlterTable { Kind: ObjectKind.Table or ObjectKind.ForeignTable } alter => alter.Actions.SelectMany(action => AlterEffects.Of(alter.Table, action, catalog, version)),
        AlterTable alter => alter.Actions.Select(action => new Effect(alter.Table, AlterEffects.OnOther(alter.Kind, action))),
        CreateTable table => OfCreateTable(table),
        CreateIndex { Concurrently: true } index => [new(index.Table, LockLevel.ShareUpdateExclusive, TableWork.BuildIndex)],
        CreateIndex index => [new(index.Table, LockLevel.Share, TableWork.BuildIndex)],
        CreateTrigger { From: { } from } trigger => [new(trigger.Table, LockLevel.ShareRowExclusive), new(from, LockLevel.AccessShare)],
        CreateTrigger trigger => [new(trigger.Table, LockLevel.ShareRowExclusive)],
        CreateRule rule => [new(rule.Table, LockLevel.AccessExclusive)],
        CreatePolicy policy => [new(policy.Table, LockLevel.AccessExclusive)],
        AlterPolicy policy => [new(policy.Table, LockLevel.AccessExclusive)],
        RenameOnTable rename => [new(rename.Table, LockLevel.AccessExclusive)],
        DropFromTable drop => [new(drop.Table, LockLevel.AccessExclusive)],
        CreateStatistics statistics => Each(statistics.Tables, LockLevel.ShareUpdateExclusive),
        CreateView { Replace: true } view => [new(view.View, LockLevel.AccessExclusive)],
        CommentOn { Kind: ObjectKind.Table or ObjectKind.Column } comment => [new(comment.Name, LockLevel.ShareUpdateExclusive)],
        Grant { Table: { } table } when version >= 18 => [new(table, LockLevel.AccessShare)],
        Revoke { Table: { } table } when version >= 18 => [new(table, LockLevel.AccessShare)],
        DropObjects drop => OfDrop(drop, catalog),
        _ => OfData(statement),
    };

    private static IEnumerable<Effect> OfData(Statement statement) => statement switch
    {
        Insert insert => [new(insert.Table, LockLevel.RowExclusive)],
        Update update => [new(update.Table, LockLevel.RowExclusive, TableWork.Scan)],
        Delete delete => [new(delete.Table, LockLevel.RowExclusive, TableWork.Scan)],
        Merge merge => [new(merge.Table, LockLevel.RowExclusive, TableWork.Scan)],
        WithStatement with => with.Inner.Append(with.Main).SelectMany(OfData),
        Copy copy => [new(copy.Table, copy.Into ? LockLevel.RowExclusive : LockLevel.AccessShare, copy.Into ? TableWork.None : TableWork.Scan)],
        Truncate truncate => Each(truncate.Tables, LockLevel.AccessExclusive, TableWork.Rewrite),
        LockTables locked => Each(locked.Tables, locked.Level),
        Vacuum vacuum => Each(vacuum.Tables, vacuum.Full ? LockLevel.AccessExclusive : LockLevel.ShareUpdateExclusive, vacuum.Full ? TableWork.Rewrite : TableWork.Scan),
        Analyze analyze => Each(analyze.Tables, LockLevel.ShareUpdateExclusive),
        Cluster { Table: { } table } => [new(table, LockLevel.AccessExclusive, TableWork.Rewrite)],
        Reindex { Name: { } name } reindex => OfReindex(reindex, name),
        RefreshView view => [new(view.View, view.Concurrently ? LockLevel.Exclusive : LockLevel.AccessExclusive, view.Concurrently ? TableWork.Scan : TableWork.Rewrite)],
        _ => [],
    };

    private static IEnumerable<Effect> OfCreateTable(CreateTable table)
    {
        foreach (var column in table.Columns)
        {
            if (column.References is { } target && target.Table != table.Table)
            {
                yield return new Effect(target.Table, LockLevel.ShareRowExclusive);
            }
        }

        foreach (var constraint in table.Constraints)
        {
            if (constraint.References is { } target && target.Table != table.Table)
            {
                yield return new Effect(target.Table, LockLevel.ShareRowExclusive);
            }
        }

        foreach (var parent in table.Parents)
        {
            yield return new Effect(parent, LockLevel.ShareUpdateExclusive);
        }

        if (table.PartitionOf is { } whole)
        {
            yield return new Effect(whole, LockLevel.AccessExclusive);
        }
    }

    private static IEnumerable<Effect> OfDrop(DropObjects drop, PlanCatalog catalog)
    {
        if (drop.Kind is not (ObjectKind.Table or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Index or ObjectKind.Sequence or ObjectKind.ForeignTable))
        {
            yield break;
        }

        var level = drop.Concurrently ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive;
        foreach (var name in drop.Names)
        {
            yield return new Effect(name, level);
            if (drop.Kind == ObjectKind.Index && catalog.TableOfIndex(name) is { } table)
            {
                yield return new Effect(table, level);
            }
        }
    }

    private static IEnumerable<Effect> OfReindex(Reindex reindex, SqlName name) => (reindex.Kind, reindex.Concurrently) switch
    {
        (ReindexKind.Table, true) => [new(name, LockLevel.ShareUpdateExclusive, TableWork.BuildIndex)],
        (ReindexKind.Table, false) => [new(name, LockLevel.Share, TableWork.BuildIndex)],
        (ReindexKind.Index, true) => [new(name, LockLevel.ShareUpdateExclusive, TableWork.BuildIndex)],
        (ReindexKind.Index, false) => [new(name, LockLevel.AccessExclusive, TableWork.BuildIndex)],
        _ => [],
    };

    private static IEnumerable<Effect> Each(ImmutableArray<SqlName> relations, LockLevel level, TableWork work = TableWork.None) =>
        relations.Select(relation => new Effect(relation, level, work));
}
