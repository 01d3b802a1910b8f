using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What is known of one database at one point of the plan: what the plan has made or changed so far, and what the settings tell of before.</summary>
internal sealed class PlanCatalog
{
    private const string TemporarySchema = "pg_temp";

    private readonly string _defaultSchema;
    private readonly Dictionary<SqlName, RelationFacts> _relations = [];
    private readonly Dictionary<SqlName, IndexFacts> _indexes = [];
    private readonly Dictionary<(ObjectKind Kind, SqlName Name), int> _objects = [];
    private string _schema;

    public PlanCatalog(LintSettings settings)
    {
        _defaultSchema = _schema = settings.DefaultSchema;
        foreach (var known in settings.KnownColumns)
        {
            if (TypeReader.Read(new Cursor(SqlSource.Read(known.Type), [.. SqlScanner.Scan(known.Type).Where(token => token.IsCode)])) is { } type)
            {
                Facts(known.Table).Columns[known.Column] = new ColumnFacts(type, known.NotNull, New: false);
            }
        }
    }

    public int CurrentFile { get; private set; }

    public void BeginFile(int file)
    {
        CurrentFile = file;
        _schema = _defaultSchema;
    }

    public void SearchIn(string schema) => _schema = schema;

    public SqlName Resolve(SqlName name)
    {
        if (name.Schema is not null)
        {
            return name;
        }

        var temporary = name with { Schema = TemporarySchema };
        return _relations.ContainsKey(temporary) ? temporary : name with { Schema = _schema };
    }

    public RelationAge Age(SqlName relation)
    {
        var created = _relations.TryGetValue(Resolve(relation), out var facts) ? facts.CreatedIn : null;
        return created is null ? RelationAge.Existing : Age(created.Value);
    }

    public bool HasCreated(ObjectKind kind, SqlName name) =>
        _objects.ContainsKey((kind, Resolve(name))) || Age(name) != RelationAge.Existing || _indexes.ContainsKey(Resolve(name));

    public bool HasCreatedInThisFile(ObjectKind kind, SqlName name) => _objects.TryGetValue((kind, Resolve(name)), out var file) && file == CurrentFile;

    /// <summary>A column that the plan has added, to an old table or a new one.</summary>
    public bool IsNewColumn(SqlName table, string column) =>
        Age(table) != RelationAge.Existing || (Find(table)?.Columns.TryGetValue(column, out var facts) == true && facts.New);

    public bool IsNewConstraint(SqlName table, string constraint) =>
        Age(table) != RelationAge.Existing || Find(table)?.Constraints.Any(facts => facts.Constraint.Name == constraint) == true;

    public SqlType? TypeOf(SqlName table, string column) =>
        Find(table)?.Columns.TryGetValue(column, out var facts) == true ? facts.Type : null;

    /// <summary>The column says so, or a validated check does, which PostgreSQL 12 and later take instead of a scan.</summary>
    public bool IsKnownNotNull(SqlName table, string column) =>
        Find(table) is { } facts
        && ((facts.Columns.TryGetValue(column, out var known) && known.NotNull)
            || facts.Constraints.Any(constraint => constraint.Valid && NotNullColumn(constraint.Constraint) == column));

    public SqlName? TableOfIndex(SqlName index) => _indexes.TryGetValue(Resolve(index), out var facts) ? facts.Table : null;

    public ImmutableArray<string>? ColumnsOfIndex(SqlName table, string index) =>
        _indexes.TryGetValue(Resolve(table) with { Name = index }, out var facts) ? facts.Columns : null;

    public RelationFacts? Find(SqlName relation) => _relations.GetValueOrDefault(Resolve(relation));

    public RelationFacts Facts(SqlName relation)
    {
        var resolved = Resolve(relation);
        if (!_relations.TryGetValue(resolved, out var facts))
        {
            _relations[resolved] = facts = new RelationFacts(createdIn: null);
        }

        return facts;
    }

    public RelationFacts Create(SqlName relation, bool temporary = false)
    {
        var resolved = temporary ? relation with { Schema = TemporarySchema } : Resolve(relation);
        return _relations[resolved] = new RelationFacts(CurrentFile);
    }

    public void CreateIndex(string name, CreateIndex index) =>
        _indexes[Resolve(index.Table) with { Name = name }] = new IndexFacts(Resolve(index.Table), index.LeadingColumns, index.Unique, CurrentFile);

    public void CreateOnTable(ObjectKind kind, string name, SqlName table) => _objects[OnTable(kind, name, table)] = CurrentFile;

    public bool HasCreatedOnTable(ObjectKind kind, string name, SqlName table) => _objects.ContainsKey(OnTable(kind, name, table));

    public void CreateObject(ObjectKind kind, SqlName name) => _objects[(kind, Resolve(name))] = CurrentFile;

    public void Forget(SqlName name)
    {
        var resolved = Resolve(name);
        _relations.Remove(resolved);
        _indexes.Remove(resolved);
    }

    public void Rename(SqlName relation, SqlName newName)
    {
        var resolved = Resolve(relation);
        if (_relations.Remove(resolved, out var facts))
        {
            _relations[Resolve(newName)] = facts;
        }

        if (_indexes.Remove(resolved, out var index))
        {
            _indexes[Resolve(newName)] = index;
        }
    }

    // Triggers, rules and policies have no schema of their own: the table stands in for it.
    private (ObjectKind Kind, SqlName Name) OnTable(ObjectKind kind, string name, SqlName table) => (kind, new SqlName(Resolve(table).ToString(), name));

    private RelationAge Age(int createdIn) => createdIn == CurrentFile ? RelationAge.NewInFile : RelationAge.NewInPlan;

    private static string? NotNullColumn(TableConstraint constraint) => constraint switch
    {
        { Kind: ConstraintKind.NotNull, Columns: [var column] } => column,
        { Kind: ConstraintKind.Check, Check: { } check } => check.NotNullColumn,
        _ => null,
    };
}
