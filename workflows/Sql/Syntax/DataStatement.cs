using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

internal sealed record Insert(SqlName Table, bool FromQuery) : Statement;

internal sealed record Update(SqlName Table, Expression? Where) : Statement;

internal sealed record Delete(SqlName Table, Expression? Where) : Statement;

internal sealed record Merge(SqlName Table) : Statement;

internal sealed record Query : Statement;

/// <summary>A statement with common table expressions, some of which may change rows.</summary>
internal sealed record WithStatement(ImmutableArray<Statement> Inner, Statement Main) : Statement;

internal sealed record Truncate(ImmutableArray<SqlName> Tables, bool Cascade) : Statement;

internal sealed record Copy(SqlName Table, bool Into, bool Stdin) : Statement;

internal sealed record LockTables(ImmutableArray<SqlName> Tables, LockLevel Level) : Statement;

internal sealed record Vacuum(ImmutableArray<SqlName> Tables, bool Full) : Statement;

internal sealed record Analyze(ImmutableArray<SqlName> Tables) : Statement;

internal sealed record Cluster(SqlName? Table) : Statement;

internal sealed record Reindex(ReindexKind Kind, SqlName? Name, bool Concurrently) : Statement;

internal sealed record RefreshView(SqlName View, bool Concurrently) : Statement;

/// <summary>A block of code, most often PL/pgSQL; its body is read on its own.</summary>
internal sealed record DoBlock(SqlToken Body) : Statement;

/// <summary><c>execute</c> in a block of code, with its text if that is one string.</summary>
internal sealed record DynamicSql(SqlToken? Text) : Statement;

internal sealed record SetVariable(string Name, string Value, SettingScope Scope) : Statement;

internal sealed record ResetVariable(string Name) : Statement;

internal sealed record SetConstraints : Statement;

internal sealed record TransactionControl(TransactionVerb Verb) : Statement;

internal enum SettingScope
{
    Session,
    Transaction,
}

internal enum TransactionVerb
{
    Begin,
    Commit,
    Rollback,
    Savepoint,
}

internal enum ReindexKind
{
    Index,
    Table,
    Schema,
    Database,
    System,
}
