using System.Collections.Immutable;
using Orchestrator.Workflows.Lint.Rules;

namespace Orchestrator.Workflows.Lint;

/// <summary>Every rule, in the order in which the manual lists them.</summary>
public static class LintRules
{
    public static ImmutableArray<LintRule> All { get; } =
    [
        DropRules.Table, DropRules.Column, DropRules.Constraint, DropRules.Default, DropRules.Whole, DropRules.Other, DropRules.Cascade, DropRules.Truncated,
        DropRules.Revoked, DropRules.RowSecurity,
        RenameRules.Table, RenameRules.Column, RenameRules.Label, RenameRules.Other,
        ColumnRules.NotNullWithoutDefault, ColumnRules.VolatileDefault, ColumnRules.StoredGenerated, ColumnRules.AutoNumbered,
        ColumnRules.WithKey, ColumnRules.WithCheck, ColumnRules.WithForeignKey,
        NullRules.SetNotNull, NullRules.DropNotNull, NullRules.PrimaryKeyOverNullable,
        TypeChangeRules.Rewrites,
        ConstraintRules.ForeignKeyAtOnce, ConstraintRules.CheckAtOnce, ConstraintRules.ValidatedWithAdd, ConstraintRules.BuildsIndex,
        ConstraintRules.Exclusion, ConstraintRules.DomainScans, ConstraintRules.LocksReferenced,
        IndexRules.WithoutConcurrently, IndexRules.DroppedWithoutConcurrently, IndexRules.RebuiltWithoutConcurrently,
        IndexRules.ConcurrentIfNotExists, IndexRules.ConcurrentWithoutName,
        RewriteRules.Relocated, RewriteRules.GeneratedChanged, RewriteRules.Compacted, RewriteRules.Refreshed,
        LockRules.Explicit, LockRules.TriggerCreated, LockRules.RuleCreated,
        LockRules.PartitionInPlace, LockRules.PartitionUnchecked, LockRules.PartitionDetached,
        TimeoutRules.Missing, TimeoutRules.Weakened,
        TransactionRules.CannotRunInside, TransactionRules.Control, TransactionRules.WorkUnderLock, TransactionRules.NotCombined, TransactionRules.SeveralTables,
        EnumRules.UsedTooEarly, EnumRules.WithoutPlace,
        DataRules.WholeTable, DataRules.CopiedAtOnce, DataRules.CopyFromStdin,
        SessionRules.SettingLeaks, SessionRules.TriggersOff, SessionRules.PsqlCommand, SessionRules.ServerWide, SessionRules.Dynamic,
        TypeRules.SmallKey, TypeRules.Serial, TypeRules.Char, TypeRules.Timestamp, TypeRules.Json, TypeRules.Money,
        ShapeRules.NoPrimaryKey, ShapeRules.UnindexedForeignKey, ShapeRules.LongName,
        TextRules.Unreadable,
        SuppressionRules.WithoutReason, SuppressionRules.OfUnknownRule, SuppressionRules.Unused,
    ];
}
