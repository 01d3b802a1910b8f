using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>Carries what a statement has done over into the catalog.</summary>
internal static class CatalogChanges
{
    public static void Apply(this PlanCatalog catalog, Statement statement)
    {
        switch (statement)
        {
            case CreateTable table:
                Create(catalog, table);
                break;
            case CreateView { Replace: false } view:
                catalog.Create(view.View);
                break;
            case CreateView view:
                // It may have been there before, so it may have readers; but the plan speaks for it from now on.
                catalog.CreateObject(ObjectKind.View, view.View);
                break;
            case CreateObject { Kind: ObjectKind.Sequence or ObjectKind.ForeignTable } relation:
                catalog.Create(relation.Name);
                break;
            case CreateObject made:
                catalog.CreateObject(made.Kind, made.Name);
                break;
            case CreateType type:
                catalog.CreateObject(ObjectKind.Type, type.Type);
                break;
            case CreateFunction function:
                catalog.CreateObject(ObjectKind.Function, function.Function);
                break;
            case CreateTrigger trigger:
                catalog.CreateOnTable(ObjectKind.Trigger, trigger.Name, trigger.Table);
                break;
            case CreateRule rule:
                catalog.CreateOnTable(ObjectKind.Rule, rule.Name, rule.Table);
                break;
            case CreatePolicy policy:
                catalog.CreateOnTable(ObjectKind.Policy, policy.Name, policy.Table);
                break;
            case CreateIndex { Name: { } name } index:
                catalog.CreateIndex(name, index);
                break;
            case DropObjects drop:
                foreach (var name in drop.Names)
                {
                    catalog.Forget(name);
                }

                break;
            case AlterTable alter:
                Alter(catalog, alter);
                break;
            case SetVariable { Name: "search_path" } path when FirstSchema(path.Value) is { } schema:
                catalog.SearchIn(schema);
                break;
        }
    }

    private static void Create(PlanCatalog catalog, CreateTable table)
    {
        var facts = catalog.Create(table.Table, table.Temporary);
        foreach (var column in table.Columns)
        {
            facts.Columns[column.Name] = new ColumnFacts(column.Type, column.NotNull || column.Generation == Generation.Identity, New: true);
        }

        facts.Constraints.AddRange(table.Constraints.Select(constraint => new ConstraintFacts(constraint, Valid: true)));
    }

    private static void Alter(PlanCatalog catalog, AlterTable alter)
    {
        var table = alter.Table;
        foreach (var action in alter.Actions)
        {
            switch (action)
            {
                case RenameTable rename:
                    catalog.Rename(table, table with { Name = rename.NewName });
                    return;
                case SetSchema move:
                    catalog.Rename(table, table with { Schema = move.Schema });
                    return;
                default:
                    Alter(catalog.Facts(table), action);
                    break;
            }
        }
    }

    private static void Alter(RelationFacts facts, AlterAction action)
    {
        switch (action)
        {
            case AddColumn { Column: var added }:
                facts.Columns[added.Name] = new ColumnFacts(added.Type, added.NotNull || added.Generation == Generation.Identity, New: true);
                break;
            case DropColumn drop:
                facts.Columns.Remove(drop.Column);
                break;
            case RenameColumn rename when facts.Columns.Remove(rename.Column, out var column):
                facts.Columns[rename.NewName] = column;
                break;
            case AlterColumnType change when facts.Columns.TryGetValue(change.Column, out var column):
                facts.Columns[change.Column] = column with { Type = change.Type };
                break;
            case SetNotNull set when facts.Columns.TryGetValue(set.Column, out var column):
                facts.Columns[set.Column] = column with { NotNull = true };
                break;
            case DropNotNull drop when facts.Columns.TryGetValue(drop.Column, out var column):
                facts.Columns[drop.Column] = column with { NotNull = false };
                break;
            case AddConstraint add:
                facts.Constraints.Add(new ConstraintFacts(add.Constraint, Valid: !add.Constraint.NotValid && !add.Constraint.NotEnforced));
                break;
            case ValidateConstraint validate:
                Replace(facts, validate.Name, constraint => constraint with { Valid = true });
                break;
            case RenameConstraint rename:
                Replace(facts, rename.Name, constraint => constraint with { Constraint = constraint.Constraint with { Name = rename.NewName } });
                break;
            case DropConstraint drop:
                facts.Constraints.RemoveAll(constraint => constraint.Constraint.Name == drop.Name);
                break;
        }
    }

    private static void Replace(RelationFacts facts, string name, Func<ConstraintFacts, ConstraintFacts> change)
    {
        var at = facts.Constraints.FindIndex(constraint => constraint.Constraint.Name == name);
        if (at >= 0)
        {
            facts.Constraints[at] = change(facts.Constraints[at]);
        }
    }

    private static string? FirstSchema(string path)
    {
        var first = path.Split(',')[0].Trim().Trim('"', '\'');
        return first is "" or "$user" ? null : first;
    }
}
