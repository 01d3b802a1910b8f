using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What the transaction around a statement holds and has done before it. PostgreSQL keeps every lock until the end.</summary>
internal sealed class OpenTransaction(bool isTransaction)
{
    private readonly List<(Effect Effect, PlanStatement By)> _effects = [];
    private readonly List<(SqlName Table, string? Constraint, PlanStatement By)> _notValid = [];
    private readonly List<AddEnumValue> _labels = [];

    /// <summary>False for a file whose one statement PostgreSQL refuses in a transaction.</summary>
    public bool IsTransaction => isTransaction;

    public bool LockTimeoutIsSet { get; private set; }

    public IReadOnlyList<(Effect Effect, PlanStatement By)> Effects => _effects;

    public IReadOnlyList<AddEnumValue> NewLabels => _labels;

    /// <summary>Who has added the constraint as not valid; one that was added without a name may be the one that is meant.</summary>
    public PlanStatement? AdderOf(SqlName table, string constraint) =>
        _notValid.Where(added => added.Table == table && (added.Constraint is null || added.Constraint == constraint)).Select(added => added.By).FirstOrDefault();

    public void Apply(Visit visit)
    {
        _effects.AddRange(Lint.Effects.Of(visit.Statement, visit.Catalog, visit.Settings.PostgresVersion).All.Select(effect => (effect, visit.At)));
        switch (visit.Statement)
        {
            case AddEnumValue label when !visit.Catalog.HasCreatedInThisFile(ObjectKind.Type, label.Type):
                _labels.Add(label);
                break;
            case SetVariable { Name: "lock_timeout", Value: not "0" }:
                LockTimeoutIsSet = true;
                break;
            case TransactionControl { Verb: TransactionVerb.Commit or TransactionVerb.Rollback }:
                _effects.Clear();
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
}
