using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class SessionReader
{
    public static Statement? ReadSet(Cursor cursor)
    {
        var scope = cursor.Take("local") ? SettingScope.Transaction : SettingScope.Session;
        cursor.Take("session");
        if (cursor.Take("constraints"))
        {
            return new SetConstraints();
        }

        if (cursor.Is("transaction") || cursor.Is("characteristics"))
        {
            return new SetVariable("transaction", cursor.RestText, SettingScope.Transaction);
        }

        foreach (var name in (ReadOnlySpan<string>)["role", "authorization"])
        {
            if (cursor.Take(name))
            {
                return new SetVariable(name, cursor.RestText, scope);
            }
        }

        if (cursor.Take("time", "zone"))
        {
            return new SetVariable("timezone", Value(cursor), scope);
        }

        if (cursor.TakeName() is not { } setting)
        {
            return null;
        }

        _ = cursor.Take("=") || cursor.Take("to");
        return new SetVariable(setting.Name, Value(cursor), scope);
    }

    /// <summary><c>select set_config('name', 'value', is_local)</c>, as dumps write it.</summary>
    public static SetVariable? ReadSetConfig(Cursor cursor)
    {
        cursor.SkipTo("(");
        if (cursor.TakeParentheses()?.Split().ToList() is not [var name, var value, var local] || name.TakeText() is not { } setting)
        {
            return null;
        }

        return new SetVariable(setting, Value(value), local.Is("true") ? SettingScope.Transaction : SettingScope.Session);
    }

    public static DoBlock? ReadDo(Cursor cursor)
    {
        if (cursor.Take("language"))
        {
            cursor.TakePart();
        }

        return cursor.Current is { Kind: SqlTokenKind.Text } body ? new DoBlock(body) : null;
    }

    private static string Value(Cursor cursor) => cursor.RestText is ['\'', ..] ? cursor.TakeText()! : cursor.RestText;
}
