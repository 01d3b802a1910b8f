using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class AlterReader
{
    public static Statement? Read(Cursor cursor)
    {
        if (cursor.Take("default", "privileges") || cursor.Take("large", "object"))
        {
            return null;
        }

        var kind = cursor.Take("system") ? ObjectKind.Other : ObjectKinds.Take(cursor);
        return kind switch
        {
            ObjectKind.Database or ObjectKind.Role or ObjectKind.Tablespace or ObjectKind.Subscription =>
                new AlterServer($"alter {kind.ToString().ToLowerInvariant()}"),
            _ when kind.LivesOnTable() => OnTable(cursor, kind),
            _ when kind.IsRelation() => Relation(cursor, kind),
            ObjectKind.Type => Type(cursor),
            ObjectKind.Domain => Domain(cursor),
            ObjectKind.Other => cursor.Take("set") || cursor.Take("reset") ? new AlterServer("alter system") : null,
            _ => Object(cursor, kind),
        };
    }

    private static AlterTable? Relation(Cursor cursor, ObjectKind kind)
    {
        cursor.Take("if", "exists");
        // "all in tablespace" moves many tables; it names none.
        if (cursor.Is("all", "in") || cursor.TakeTable() is not { } table)
        {
            return null;
        }

        return new AlterTable(kind, table, AlterActionReader.Read(cursor));
    }

    private static Statement? OnTable(Cursor cursor, ObjectKind kind)
    {
        cursor.Take("if", "exists");
        if (cursor.TakePart() is not { } name || !cursor.Take("on") || cursor.TakeName() is not { } table)
        {
            return null;
        }

        if (cursor.Take("rename", "to"))
        {
            return new RenameOnTable(kind, name, table, cursor.TakePart() ?? "");
        }

        return kind == ObjectKind.Policy ? new AlterPolicy(name, table) : null;
    }

    private static Statement? Type(Cursor cursor)
    {
        if (cursor.TakeName() is not { } type)
        {
            return null;
        }

        if (cursor.Take("add", "value"))
        {
            var ifNotExists = cursor.Take("if", "not", "exists");
            var label = cursor.TakeText();
            return label is null ? null : new AddEnumValue(type, label, cursor.IsOneOf("before", "after"), ifNotExists);
        }

        if (cursor.Take("rename", "value"))
        {
            return cursor.TakeText() is { } label && cursor.Take("to") && cursor.TakeText() is { } newLabel
                ? new RenameEnumValue(type, label, newLabel)
                : null;
        }

        return cursor.Take("rename", "attribute") || cursor.Is("add", "attribute") || cursor.Is("drop", "attribute") || cursor.Is("alter", "attribute")
            ? new AlterAttribute(type)
            : NameChange(cursor, ObjectKind.Type, type);
    }

    private static Statement? Domain(Cursor cursor)
    {
        if (cursor.TakeName() is not { } domain)
        {
            return null;
        }

        if (NameChange(cursor, ObjectKind.Domain, domain) is { } change)
        {
            return change;
        }

        if (cursor.Take("set", "not", "null"))
        {
            return new AlterDomain(domain, DomainChange.SetNotNull);
        }

        if (cursor.Take("validate", "constraint"))
        {
            return new AlterDomain(domain, DomainChange.ValidateConstraint);
        }

        if (cursor.Take("add"))
        {
            var notValid = ConstraintReader.Read(cursor) is { NotValid: true };
            return new AlterDomain(domain, notValid ? DomainChange.AddConstraintNotValid : DomainChange.AddConstraint);
        }

        return new AlterDomain(domain, DomainChange.Other);
    }

    private static Statement? Object(Cursor cursor, ObjectKind kind)
    {
        if (cursor.TakeName() is not { } name)
        {
            return null;
        }

        // The arguments of a function.
        cursor.SkipParentheses();
        return NameChange(cursor, kind, name);
    }

    private static Statement? NameChange(Cursor cursor, ObjectKind kind, SqlName name)
    {
        if (cursor.Take("rename", "to"))
        {
            return new RenameObject(kind, name, cursor.TakePart() ?? "");
        }

        return cursor.Take("set", "schema") ? new MoveObject(kind, name, cursor.TakePart() ?? "") : null;
    }
}
