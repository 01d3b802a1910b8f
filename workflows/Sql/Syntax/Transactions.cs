namespace Orchestrator.Workflows.Sql.Syntax;

internal static class Transactions
{
    /// <summary>PostgreSQL refuses it inside a transaction block (SQLSTATE 25001).</summary>
    public static bool RunsAlone(this Statement statement) => statement switch
    {
        CreateIndex { Concurrently: true } => true,
        DropObjects { Concurrently: true } => true,
        DropObjects { Kind: ObjectKind.Database or ObjectKind.Tablespace } => true,
        Reindex { Concurrently: true } or Reindex { Kind: ReindexKind.Schema or ReindexKind.Database or ReindexKind.System } => true,
        Vacuum => true,
        Cluster { Table: null } => true,
        AlterServer { What: "create database" or "create tablespace" or "alter system" } => true,
        AlterTable table => table.Actions.Any(action => action is DetachPartition { Concurrently: true }),
        _ => false,
    };
}
