using System.Collections.Immutable;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class DataReader
{
    /// <summary>Common table expressions may change rows: <c>with gone as (delete from t returning *) insert into archive select * from gone</c>.</summary>
    public static WithStatement ReadWith(Cursor cursor)
    {
        cursor.Take("recursive");
        var inner = ImmutableArray.CreateBuilder<Statement>();
        do
        {
            cursor.SkipTo("as");
            cursor.Skip();
            _ = cursor.Take("materialized") || cursor.Take("not", "materialized");
            if (cursor.TakeParentheses() is { } query)
            {
                inner.Add(StatementReader.Read(query));
            }

            cursor.SkipTo(",", "insert", "update", "delete", "merge", "select", "values", "table", "(");
        }
        while (cursor.Take(","));

        return new WithStatement(inner.ToImmutable(), StatementReader.Read(cursor));
    }

    public static Insert? ReadInsert(Cursor cursor)
    {
        cursor.Take("into");
        if (cursor.TakeName() is not { } table)
        {
            return null;
        }

        return new Insert(table, FromQuery: cursor.SkipTo("values", "default", "select", "with", "table") && cursor.IsOneOf("select", "with", "table"));
    }

    public static Update? ReadUpdate(Cursor cursor) =>
        cursor.TakeTable() is { } table ? new Update(table, Where(cursor)) : null;

    public static Delete? ReadDelete(Cursor cursor)
    {
        cursor.Take("from");
        return cursor.TakeTable() is { } table ? new Delete(table, Where(cursor)) : null;
    }

    public static Merge? ReadMerge(Cursor cursor)
    {
        cursor.Take("into");
        return cursor.TakeTable() is { } table ? new Merge(table) : null;
    }

    public static Statement? ReadSelect(Cursor cursor)
    {
        if (cursor.Is("set_config", "(") || cursor.Is("pg_catalog", ".", "set_config", "("))
        {
            return SessionReader.ReadSetConfig(cursor);
        }

        if (!cursor.SkipTo("into", "from"))
        {
            return new Query();
        }

        if (!cursor.Take("into"))
        {
            return new Query();
        }

        var temporary = cursor.Take("temporary") || cursor.Take("temp");
        cursor.Take("unlogged");
        cursor.Take("table");
        return cursor.TakeName() is { } table ? new CreateTable(table) { Temporary = temporary, FromQuery = true } : null;
    }

    public static Copy? ReadCopy(Cursor cursor)
    {
        if (cursor.TakeName() is not { } table)
        {
            return null;
        }

        cursor.SkipParentheses();
        var into = cursor.Take("from");
        return new Copy(table, into, into && cursor.Is("stdin"));
    }

    private static Expression? Where(Cursor cursor) =>
        cursor.SkipTo("where") && cursor.Take("where") ? cursor.TakeExpression("returning") : null;
}
