using System.Collections.Immutable;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

/// <summary>The actions of an <c>alter table</c>, of which there may be many, with commas between.</summary>
internal static class AlterActionReader
{
    public static ImmutableArray<AlterAction> Read(Cursor cursor) =>
        [.. cursor.Split().Select(action => Known(action) ?? new OtherAction())];

    private static AlterAction? Known(Cursor action) => action.TakeWord() switch
    {
        "add" => Add(action),
        "drop" => Drop(action),
        "alter" => Alter(action),
        "validate" => action.Take("constraint") && action.TakePart() is { } name ? new ValidateConstraint(name) : null,
        "rename" => Rename(action),
        "set" => Set(action),
        "reset" => new SetOptions(Options(action)),
        "enable" => Switch(action, enabled: true),
        "disable" => Switch(action, enabled: false),
        "force" => new SetRowSecurity(Enabled: true),
        "no" when action.Take("force") => new SetRowSecurity(Enabled: false),
        "no" when action.Take("inherit") => InheritFrom(action),
        "inherit" => InheritFrom(action),
        "cluster" => new ClusterOn(),
        "owner" => new ChangeOwner(),
        "replica" => new ReplicaIdentity(),
        "attach" => Attach(action),
        "detach" => Detach(action),
        _ => null,
    };

    private static AlterAction? Add(Cursor action)
    {
        if (ConstraintReader.Read(action) is { } constraint)
        {
            return new AddConstraint(constraint);
        }

        // "add value" and "add attribute" belong to types, not to tables.
        action.Take("column");
        action.Take("if", "not", "exists");
        return ColumnReader.Read(action) is { } column ? new AddColumn(column) : null;
    }

    private static AlterAction? Drop(Cursor action)
    {
        if (action.Take("constraint"))
        {
            action.Take("if", "exists");
            return action.TakePart() is { } constraint ? new DropConstraint(constraint, action.Is("cascade")) : null;
        }

        action.Take("column");
        action.Take("if", "exists");
        return action.TakePart() is { } column ? new DropColumn(column, action.Is("cascade")) : null;
    }

    private static AlterAction? Alter(Cursor action)
    {
        if (action.Take("constraint"))
        {
            return action.TakePart() is { } constraint ? new AlterConstraint(constraint) : null;
        }

        action.Take("column");
        // A column of an index is altered by its number.
        return (action.Current is { Kind: SqlTokenKind.Number } ? action.TakeWord() : action.TakePart()) is { } column
            ? AlterColumn(action, column)
            : null;
    }

    private static AlterAction? AlterColumn(Cursor action, string column)
    {
        if (action.Take("set", "data", "type") || action.Take("type"))
        {
            return ColumnType(action, column);
        }

        if (action.Take("set"))
        {
            return SetOnColumn(action, column);
        }

        if (action.Take("drop"))
        {
            return action.TakeWord() switch
            {
                "default" => new DropDefault(column),
                "not" => new DropNotNull(column),
                "expression" => new DropExpression(column),
                "identity" => new DropIdentity(column),
                _ => null,
            };
        }

        if (action.Take("add", "generated"))
        {
            return new AddIdentity(column);
        }

        return action.Take("reset") ? new TuneColumn(column) : null;
    }

    private static AlterColumnType? ColumnType(Cursor action, string column)
    {
        if (TypeReader.Read(action) is not { } type)
        {
            return null;
        }

        return new AlterColumnType(column, type, action.SkipTo("using") && action.Take("using") ? action.TakeExpression() : null);
    }

    private static AlterAction? SetOnColumn(Cursor action, string column) => action.TakeWord() switch
    {
        "not" => new SetNotNull(column),
        "default" => new SetDefault(column),
        "expression" => new SetExpression(column),
        "statistics" or "(" => new TuneColumn(column),
        "storage" or "compression" => new SetStorage(column),
        _ => null,
    };

    private static AlterAction? Rename(Cursor action)
    {
        if (action.Take("to"))
        {
            return action.TakePart() is { } name ? new RenameTable(name) : null;
        }

        if (action.Take("constraint"))
        {
            return action.TakePart() is { } constraint && action.Take("to") ? new RenameConstraint(constraint, action.TakePart() ?? "") : null;
        }

        action.Take("column");
        return action.TakePart() is { } column && action.Take("to") ? new RenameColumn(column, action.TakePart() ?? "") : null;
    }

    private static AlterAction? Set(Cursor action)
    {
        if (action.Is("("))
        {
            return new SetOptions(Options(action));
        }

        if (action.Take("access", "method"))
        {
            return new Relocate(RelocateKind.AccessMethod, action.TakePart() ?? "");
        }

        return action.TakeWord() switch
        {
            "schema" => new SetSchema(action.TakePart() ?? ""),
            "logged" => new Relocate(RelocateKind.Logged, ""),
            "unlogged" => new Relocate(RelocateKind.Unlogged, ""),
            "tablespace" => new Relocate(RelocateKind.Tablespace, action.TakePart() ?? ""),
            "without" when action.Take("cluster") => new ClusterOn(),
            _ => null,
        };
    }

    private static ImmutableArray<string> Options(Cursor action) =>
        action.TakeParentheses() is { } inside ? [.. inside.Split().Select(option => option.TakeName()?.Name).OfType<string>()] : [];

    private static AlterAction? Switch(Cursor action, bool enabled)
    {
        _ = action.Take("replica") || action.Take("always");
        return action.TakeWord() switch
        {
            "trigger" => new SetTrigger(action.TakePart() ?? "", enabled),
            "rule" => new SetRule(action.TakePart() ?? "", enabled),
            "row" => new SetRowSecurity(enabled),
            _ => null,
        };
    }

    private static Inherit? InheritFrom(Cursor action) => action.TakeName() is { } parent ? new Inherit(parent) : null;

    private static AttachPartition? Attach(Cursor action) =>
        action.Take("partition") && action.TakeName() is { } partition ? new AttachPartition(partition, action.Is("default")) : null;

    private static DetachPartition? Detach(Cursor action) =>
        action.Take("partition") && action.TakeName() is { } partition
            ? new DetachPartition(partition, action.Is("concurrently"), action.Is("finalize"))
            : null;
}
