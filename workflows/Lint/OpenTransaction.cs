using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What the transaction around a statement holds and has done before it. PostgreSQL keeps every lock until the end.</summary>
internal sealed class OpenTransaction(bool isTransaction)
{
    private readonly Dictionary<SqlName, (Effect Effect, PlanStatement By)> _held = [];
    private readonly Dictionary<SqlName, PlanStatement> _wentThroughRows = [];
    private readonly List<(SqlName Table, string? Constraint, PlanStatement By)> _notValid = [];
    private readonly List<AddEnumValue> _labels = [];

    /// <summary>False for a file whose one statement PostgreSQL refuses in a transaction.</summary>
    public bool IsTransaction => isTransaction;

    public bool LockTimeoutIsSet { get; private set; }

    /// <summary>Rows have been worked on under a lock that an earlier statement took: said once, it holds for all that follows.</summary>
    public bool HasWorkedUnderLock { get; private set; }

    /// <summary>For each relation its strongest lock, and the statement that took it.</summary>
    public IReadOnlyCollection<(Effect Effect, PlanStatement By)> Held => _held.Values;

    public bool Holds(SqlName relation) => _held.ContainsKey(relation);

    /// <summary>The first <c>alter table</c> that has gone through the rows of the relation under an exclusive lock.</summary>
    public PlanStatement? WentThroughRows(SqlName relation) => _wentThroughRows.GetValueOrDefault(relation);

    public IReadOnlyList<AddEnumValue> NewLabels => _labels;

    /// <summary>Who has added the constraint as not valid; one that was added without a name may be the one that is meant.</summary>
    public PlanStatement? AdderOf(SqlName table, string constraint) =>
        _notValid.Where(added => added.Table == table && (added.Constraint is null || added.Constraint == constraint)).Select(added => added.By).FirstOrDefault();

    public void Apply(Visit visit)
    {
        HasWorkedUnderLock |= visit.WorksUnderLock is not null;
        foreach (var effect in visit.Effects.All)
        {
            Hold(effect, visit.At);
        }

        switch (visit.Statement)
        {
            case AddEnumValue label when !visit.Catalog.HasCreatedInThisFile(ObjectKind.Type, label.Type):
                _labels.Add(label);
                break;
            case SetVariable { Name: "lock_timeout", Value: not "0" }:
                LockTimeoutIsSet = true;
                break;
            case TransactionControl { Verb: TransactionVerb.Commit or TransactionVerb.Rollback }:
                _held.Clear();
                _wentThroughRows.Clear();
                _notValid.Clear();
                _labels.Clear();
                break;
            case AlterTable alter:
                _notValid.AddRange(alter.Actions.OfType<AddConstraint>()
                    .Where(add => add.Constraint.NotValid)
                    .Select(add => (visit.Catalog.Resolve(alter.Table), add.Constraint.Name, visit.At)));
                break;
        }
    }

    private void Hold(Effect effect, PlanStatement by)
    {
        if (!_held.TryGetValue(effect.Relation, out var held) || held.Effect.Lock < effect.Lock)
        {
            _held[effect.Relation] = (effect, by);
        }

        if (by.Statement is AlterTable && effect.GoesThroughRowsAlone)
        {
            _wentThroughRows.TryAdd(effect.Relation, by);
        }
    }
}
