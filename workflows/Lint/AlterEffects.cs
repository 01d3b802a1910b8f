using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What one action of <c>alter table</c> locks and does (the server's tablecmds.c, and the manual's page on ALTER TABLE).</summary>
internal static class AlterEffects
{
    private static readonly string[] OptionsForAll = ["user_catalog_table", "security_barrier", "security_invoker", "check_option"];

    public static IEnumerable<Effect> Of(SqlName table, AlterAction action, PlanCatalog catalog, int version)
    {
        yield return new Effect(table, Level(action), Work(table, action, catalog, version));
        foreach (var other in Others(action))
        {
            yield return other;
        }
    }

    /// <summary>Alterations of views, indexes and sequences.</summary>
    public static LockLevel OnOther(ObjectKind kind, AlterAction action) => (kind, action) switch
    {
        (ObjectKind.Index, RenameTable or SetOptions or TuneColumn) => LockLevel.ShareUpdateExclusive,
        (ObjectKind.Sequence, OtherAction) => LockLevel.ShareRowExclusive,
        (ObjectKind.MaterializedView, SetOptions or TuneColumn or ClusterOn) => LockLevel.ShareUpdateExclusive,
        _ => LockLevel.AccessExclusive,
    };

    private static LockLevel Level(AlterAction action) => action switch
    {
        AddConstraint { Constraint.Kind: ConstraintKind.ForeignKey } => LockLevel.ShareRowExclusive,
        SetTrigger => LockLevel.ShareRowExclusive,
        ValidateConstraint or TuneColumn or ClusterOn or AttachPartition => LockLevel.ShareUpdateExclusive,
        DetachPartition detach => detach.Concurrently || detach.Finalize ? LockLevel.ShareUpdateExclusive : LockLevel.AccessExclusive,
        SetOptions options => options.Names.Any(OptionsForAll.Contains) ? LockLevel.AccessExclusive : LockLevel.ShareUpdateExclusive,
        _ => LockLevel.AccessExclusive,
    };

    private static IEnumerable<Effect> Others(AlterAction action) => action switch
    {
        AddConstraint { Constraint: { References: { } target } key } =>
            [new(target.Table, LockLevel.ShareRowExclusive, key.NotValid || key.NotEnforced ? TableWork.None : TableWork.Scan)],
        AddColumn { Column: { References: { } target } column } =>
            [new(target.Table, LockLevel.ShareRowExclusive, column.HasDefault ? TableWork.Scan : TableWork.None)],
        AttachPartition attach => [new(attach.Partition, LockLevel.AccessExclusive, TableWork.Scan)],
        DetachPartition { Concurrently: false } detach => [new(detach.Partition, LockLevel.AccessExclusive)],
        Inherit inherit => [new(inherit.Parent, LockLevel.ShareUpdateExclusive)],
        _ => [],
    };

    private static TableWork Work(SqlName table, AlterAction action, PlanCatalog catalog, int version) => action switch
    {
        AddColumn add => OfColumn(add.Column, version),
        AddConstraint add => OfConstraint(table, add.Constraint, catalog),
        ValidateConstraint => TableWork.Scan,
        SetNotNull set => catalog.IsKnownNotNull(table, set.Column) ? TableWork.None : TableWork.Scan,
        AlterColumnType change => TypeChange.Work(catalog.TypeOf(table, change.Column), change),
        SetExpression => TableWork.Rewrite,
        Relocate => TableWork.Rewrite,
        _ => TableWork.None,
    };

    private static TableWork OfColumn(ColumnDefinition column, int version)
    {
        if (column.Generation is Generation.Identity or Generation.Stored || column.Type.IsSerial || Volatility.IsVolatile(column.Default))
        {
            return TableWork.Rewrite;
        }

        if (column.Generation == Generation.Unsaid && version < 18)
        {
            return TableWork.Rewrite;
        }

        if (column.PrimaryKey || column.Unique)
        {
            return TableWork.BuildIndex;
        }

        var checksRows = column.Check is not null
            || (column.NotNull && !column.HasDefault)
            || (column.NotNull && column.Generation is Generation.Virtual or Generation.Unsaid)
            || (column.References is not null && column.HasDefault);
        return checksRows ? TableWork.Scan : TableWork.None;
    }

    private static TableWork OfConstraint(SqlName table, TableConstraint constraint, PlanCatalog catalog) => constraint switch
    {
        { NotValid: true } or { NotEnforced: true } => TableWork.None,
        { Kind: ConstraintKind.PrimaryKey, UsingIndex: { } index } =>
            catalog.ColumnsOfIndex(table, index) is { IsDefault: false } columns && columns.All(column => catalog.IsKnownNotNull(table, column))
                ? TableWork.None
                : TableWork.Scan,
        { UsingIndex: not null } => TableWork.None,
        { Kind: ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclude } => TableWork.BuildIndex,
        _ => TableWork.Scan,
    };
}
