using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>One statement in its place: what came before it in the plan and in its transaction, and what is still to come.</summary>
internal sealed record Visit(PlanStatement At, PlanCatalog Catalog, OpenTransaction Transaction, PlanText Plan, LintSettings Settings)
{
    public Statement Statement => At.Statement;

    public string Text => At.Text;

    public bool IsUndo => At.File.Role == FileRole.Undo;

    public IEnumerable<(AlterTable Table, AlterAction Action)> Alterations =>
        Statement is AlterTable alter ? alter.Actions.Select(action => (alter, action)) : [];

    /// <summary>Alterations of plain tables that were there before the plan.</summary>
    public IEnumerable<(SqlName Table, AlterAction Action)> AlterationsInUse =>
        from alteration in Alterations
        where alteration.Table.Kind == ObjectKind.Table && IsInUse(alteration.Table.Table)
        select (alteration.Table.Table, alteration.Action);

    /// <summary>Somebody may read or write it now; a table that the plan itself has created has no users yet.</summary>
    public bool IsInUse(SqlName relation) => Catalog.Age(relation) == RelationAge.Existing;

    /// <summary>On resolved names, as things stand before the statement.</summary>
    public Effects Effects => field ??= Effects.Of(Statement, Catalog, Settings.PostgresVersion);

    public Effect? EffectOn(SqlName relation) => Effects.On(Catalog.Resolve(relation));

    public Effect? EffectOn(SqlName relation, AlterAction action) => Statement is AlterTable alter
        ? Effects.Of(alter.Table, action, Catalog, Settings.PostgresVersion).On(Catalog.Resolve(relation))
        : null;

    /// <summary>The relation through whose rows the statement goes while an earlier one keeps others out of a table, and that earlier one.</summary>
    public (SqlName Worked, Effect Held, PlanStatement By)? WorksUnderLock =>
        Worked is { } worked && FirstHeld(LockLevel.Share, except: Statement is AlterTable ? worked : null) is var (held, by) ? (worked, held, by) : null;

    /// <summary>A table in use that the transaction has locked so strongly before.</summary>
    public (Effect Held, PlanStatement By)? FirstHeld(LockLevel atLeast, SqlName? except)
    {
        foreach (var (held, by) in Transaction.Held)
        {
            if (held.Lock >= atLeast && held.Relation != except && IsTableInUse(held.Relation))
            {
                return (held, by);
            }
        }

        return null;
    }

    public bool IsTableInUse(SqlName relation) => IsInUse(relation) && Catalog.TableOfIndex(relation) is null;

    private SqlName? Worked => Statement switch
    {
        Insert { FromQuery: true } insert => insert.Table,
        Copy { Into: true } copy => copy.Table,
        CreateTable { FromQuery: true, Temporary: false } table => table.Table,
        Update or Delete or Merge or WithStatement or CreateIndex or RefreshView or AlterTable => Effects.All
            .Where(effect => effect.Work > TableWork.None && IsInUse(effect.Relation))
            .Select(effect => effect.Relation)
            .FirstOrDefault(),
        _ => null,
    };

    /// <summary>The statement as it stands, with one phrase replaced: the shape of most safer forms.</summary>
    public string Rewritten(string phrase, string by)
    {
        var at = Text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? Text + ";" : string.Concat(Text.AsSpan(0, at), by, Text.AsSpan(at + phrase.Length), ";");
    }
}
