namespace Orchestrator.Workflows.Sql;

public static class SqlStatements
{
    public static IReadOnlyList<SqlStatement> Split(string sql) => SqlSource.Read(sql).Statements;
}
