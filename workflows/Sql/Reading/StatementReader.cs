using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

/// <summary>Reads what the rules need to know of a statement. It does not check the grammar: the server does that.</summary>
internal static class StatementReader
{
    // Readers call themselves for what stands in parentheses; nobody nests queries so deep, and the stack has an end.
    private const int MaxDepth = 32;

    public static Statement Read(SqlStatement statement) =>
        statement.Tokens is [{ Kind: SqlTokenKind.MetaCommand }, ..]
            ? new MetaCommand()
            : Read(new Cursor(statement.Source, statement.Tokens));

    public static Statement Read(Cursor cursor) =>
        cursor.Depth > MaxDepth ? new OtherStatement() : Known(cursor) ?? new OtherStatement();

    private static Statement? Known(Cursor cursor) => cursor.TakeWord() switch
    {
        "create" => CreateReader.Read(cursor),
        "alter" => AlterReader.Read(cursor),
        "drop" => DropReader.Read(cursor),
        "comment" => CommentReader.Read(cursor),
        "grant" => new Grant(GrantReader.Table(cursor)),
        "revoke" => new Revoke(GrantReader.Table(cursor)),
        "with" => DataReader.ReadWith(cursor),
        "insert" => DataReader.ReadInsert(cursor),
        "update" => DataReader.ReadUpdate(cursor),
        "delete" => DataReader.ReadDelete(cursor),
        "merge" => DataReader.ReadMerge(cursor),
        "select" => DataReader.ReadSelect(cursor),
        "values" or "table" => new Query(),
        "copy" => DataReader.ReadCopy(cursor),
        "truncate" => MaintenanceReader.ReadTruncate(cursor),
        "lock" => MaintenanceReader.ReadLock(cursor),
        "vacuum" => MaintenanceReader.ReadVacuum(cursor),
        "analyze" or "analyse" => MaintenanceReader.ReadAnalyze(cursor),
        "cluster" => MaintenanceReader.ReadCluster(cursor),
        "reindex" => MaintenanceReader.ReadReindex(cursor),
        "refresh" => MaintenanceReader.ReadRefresh(cursor),
        "do" => SessionReader.ReadDo(cursor),
        "set" => SessionReader.ReadSet(cursor),
        "reset" => new ResetVariable(cursor.TakeWord()),
        "discard" => new ResetVariable("all"),
        "begin" or "start" => new TransactionControl(TransactionVerb.Begin),
        "commit" or "end" => new TransactionControl(TransactionVerb.Commit),
        "rollback" or "abort" => new TransactionControl(cursor.HasAhead("to") ? TransactionVerb.Savepoint : TransactionVerb.Rollback),
        "savepoint" or "release" => new TransactionControl(TransactionVerb.Savepoint),
        "prepare" when cursor.Is("transaction") => new TransactionControl(TransactionVerb.Commit),
        _ => null,
    };
}
