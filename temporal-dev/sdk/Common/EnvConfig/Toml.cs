namespace Temporalio.Common.EnvConfig;

/// <summary>
/// Reads the TOML that configuration files of connections are written in: tables, dotted keys, strings of all four
/// kinds, booleans, integers and inline tables. Arrays, floats and dates have no place there and are refused.
/// </summary>
internal static class Toml
{
    /// <returns>Values are strings, booleans, longs and dictionaries of the same.</returns>
    /// <exception cref="InvalidOperationException">Not TOML, or more of it than is read; the message names the line.</exception>
    public static Dictionary<string, object> Parse(string text)
    {
        var root = new Dictionary<string, object>();
        var table = root;
        var headers = new HashSet<string>();
        var reader = new TomlReader(text);
        while (reader.SkipBlankLines())
        {
            if (reader.TryTake('['))
            {
                var path = reader.Key();
                reader.Expect(']');
                if (!headers.Add(string.Join('\n', path)))
                {
                    throw reader.Error($"the table {string.Join('.', path)} is there twice");
                }

                table = Descend(root, path, reader);
            }
            else
            {
                ReadAssignment(table, reader);
            }

            reader.ExpectEndOfLine();
        }

        return root;
    }

    private static void ReadAssignment(Dictionary<string, object> table, TomlReader reader)
    {
        var path = reader.Key();
        reader.Expect('=');
        var owner = Descend(table, path[..^1], reader);
        if (!owner.TryAdd(path[^1], ReadValue(reader)))
        {
            throw reader.Error($"{string.Join('.', path)} is there twice");
        }
    }

    private static object ReadValue(TomlReader reader)
    {
        reader.SkipSpaces();
        if (reader.TryTake('{'))
        {
            return ReadInlineTable(reader);
        }

        if (reader.TryString() is { } text)
        {
            return text;
        }

        var word = reader.Word();
        return word switch
        {
            "true" => true,
            "false" => false,
            _ when long.TryParse(word.Replace("_", ""), out var number) => number,
            _ => throw reader.Error($"'{word}' is no string, boolean, integer or inline table"),
        };
    }

    private static Dictionary<string, object> ReadInlineTable(TomlReader reader)
    {
        var table = new Dictionary<string, object>();
        reader.SkipSpaces();
        if (reader.TryTake('}'))
        {
            return table;
        }

        while (true)
        {
            ReadAssignment(table, reader);
            reader.SkipSpaces();
            if (reader.TryTake('}'))
            {
                return table;
            }

            reader.Expect(',');
        }
    }

    private static Dictionary<string, object> Descend(Dictionary<string, object> table, IEnumerable<string> path, TomlReader reader)
    {
        foreach (var name in path)
        {
            if (!table.TryGetValue(name, out var inner))
            {
                table[name] = inner = new Dictionary<string, object>();
            }

            table = inner as Dictionary<string, object> ?? throw reader.Error($"{name} has a value and cannot be a table as well");
        }

        return table;
    }
}
