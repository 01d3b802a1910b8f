using System.Globalization;
using Orchestrator.Workflows.Plan;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Plans;

/// <summary>
/// One mapping of the plan file. Each read notes its key as known; what nobody asked for is an unknown key. A value that is
/// missing or of the wrong shape is noted, and a harmless stand-in is returned, so that reading goes on to the next mistake.
/// </summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _values = [];
    private readonly HashSet<string> _known = [];
    private readonly PlanFindings _findings;

    public YamlMap(YamlNode node, string path, PlanFindings findings)
    {
        Path = path;
        _findings = findings;
        findings.Place(path, node);
        if (node is not YamlMappingNode mapping)
        {
            findings.Add(path, $"{Describe(path)} must be a mapping of keys to values.");
            return;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _values[name] = value;
                findings.Place(At(name), key);
            }
        }
    }

    public string Path { get; }

    public IEnumerable<string> Keys => _values.Keys;

    public string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public string Text(string key, string missing = "")
    {
        if (OptionalText(key) is { } text)
        {
            return text;
        }

        if (!_values.ContainsKey(key))
        {
            _findings.Add(At(key), $"{Describe(Path)} needs '{key}'.", missing.Length == 0 ? null : missing);
        }

        return "";
    }

    public string? OptionalText(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } text })
        {
            return text;
        }

        _findings.Add(At(key), $"'{key}' must be a text.");
        return null;
    }

    public int Number(string key, int otherwise)
    {
        if (OptionalText(key) is not { } text)
        {
            return otherwise;
        }

        // 200_000 reads better than 200000, and YAML allows it.
        if (int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _findings.Add(At(key), $"'{text}' is not a whole number.");
        return otherwise;
    }

    public bool Flag(string key, bool otherwise)
    {
        var text = OptionalText(key);
        if (text is null or "true" or "false")
        {
            return text is null ? otherwise : text == "true";
        }

        _findings.Add(At(key), $"'{text}' is neither true nor false.");
        return otherwise;
    }

    public TimeSpan? Duration(string key)
    {
        if (OptionalText(key) is not { } text)
        {
            return null;
        }

        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 10_000)
        {
            switch (text[^1])
            {
                case 's':
                    return TimeSpan.FromSeconds(number);
                case 'm':
                    return TimeSpan.FromMinutes(number);
                case 'h':
                    return TimeSpan.FromHours(number);
                case 'd':
                    return TimeSpan.FromDays(number);
            }
        }

        _findings.Add(At(key), $"'{text}' is not a duration.", "Write a number and s, m, h or d, for example 36h.");
        return null;
    }

    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, T? otherwise = null)
        where T : struct
    {
        var text = otherwise is null ? Text(key, $"Choose one of {string.Join(", ", choices.Keys)}.") : OptionalText(key);
        if (text is null)
        {
            return otherwise ?? default;
        }

        if (choices.TryGetValue(text, out var choice))
        {
            return choice;
        }

        if (text.Length > 0)
        {
            _findings.Add(At(key), $"'{text}' is none of {string.Join(", ", choices.Keys)}.", Nearest.Among(text, choices.Keys));
        }

        return otherwise ?? default;
    }

    /// <summary>A list of texts; one text alone is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (Find(key) is YamlScalarNode)
        {
            return OptionalText(key) is { } single ? [single] : [];
        }

        var texts = new List<string>();
        foreach (var (node, path) in Items(key))
        {
            if (node is YamlScalarNode { Value: { Length: > 0 } text })
            {
                texts.Add(text);
            }
            else
            {
                _findings.Add(path, "This must be a text.");
            }
        }

        return texts;
    }

    public IReadOnlyList<YamlMap> Maps(string key) => [.. Items(key).Select(item => new YamlMap(item.Node, item.Path, _findings))];

    public YamlMap? Map(string key) => Find(key) is { } node ? new YamlMap(node, At(key), _findings) : null;

    public bool IsText(string key, string text) => Find(key) is YamlScalarNode { Value: { } value } && value == text;

    public void Require(string key, string suggestion)
    {
        if (!_values.ContainsKey(key))
        {
            _findings.Add(At(key), $"{Describe(Path)} needs '{key}'.", suggestion);
        }
    }

    /// <summary>Call when everything was read: what is left is a mistake.</summary>
    public void RefuseOthers()
    {
        foreach (var unknown in _values.Keys.Where(k => !_known.Contains(k)))
        {
            _findings.Add(At(unknown), $"{Describe(Path)} has no key '{unknown}'.", Nearest.Among(unknown, _known) ?? $"It has {string.Join(", ", _known)}.");
        }
    }

    private IEnumerable<(YamlNode Node, string Path)> Items(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                return [.. list.Children.Select((node, i) => Placed(node, $"{At(key)}[{i}]"))];
            default:
                _findings.Add(At(key), $"'{key}' must be a list.");
                return [];
        }
    }

    private (YamlNode Node, string Path) Placed(YamlNode node, string path)
    {
        _findings.Place(path, node);
        return (node, path);
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _values.GetValueOrDefault(key);
    }

    // "batches[0].steps[1]" is "a step", which is how its author thinks of it.
    private static string Describe(string path) => path.Split('.')[^1].Split('[')[0] switch
    {
        "" => "The plan",
        "batches" => "A batch",
        "steps" => "A step",
        "prechecks" or "postchecks" => "A check",
        var key => $"'{key}'",
    };
}
