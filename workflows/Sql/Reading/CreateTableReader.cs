using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class CreateTableReader
{
    public static CreateTable? Read(Cursor cursor, bool temporary)
    {
        var ifNotExists = cursor.Take("if", "not", "exists");
        if (cursor.TakeName() is not { } name)
        {
            return null;
        }

        var table = new CreateTable(name) { Temporary = temporary, IfNotExists = ifNotExists };
        if (cursor.Take("partition", "of"))
        {
            table = table with { PartitionOf = cursor.TakeName() };
        }
        else if (cursor.Take("of"))
        {
            cursor.TakeName();
            table = table with { OfType = true };
        }

        if (cursor.TakeParentheses() is { } elements)
        {
            table = elements.Split().Aggregate(table, WithElement);
        }

        return WithOptions(cursor, table);
    }

    private static CreateTable WithElement(CreateTable table, Cursor element)
    {
        if (element.Take("like"))
        {
            return table with { Like = true };
        }

        if (ConstraintReader.Read(element) is { } constraint)
        {
            return table with { Constraints = table.Constraints.Add(constraint) };
        }

        return ColumnReader.Read(element) is { } column ? table with { Columns = table.Columns.Add(column) } : table;
    }

    private static CreateTable WithOptions(Cursor cursor, CreateTable table)
    {
        while (!cursor.AtEnd)
        {
            if (cursor.Take("inherits"))
            {
                table = table with { Parents = cursor.TakeParentheses()?.TakeNames() ?? [] };
            }
            else if (cursor.Take("partition", "by"))
            {
                table = table with { Partitioned = true };
            }
            else if (cursor.Take("as"))
            {
                return table with { FromQuery = true };
            }
            else
            {
                cursor.SkipNested();
            }
        }

        return table;
    }
}
