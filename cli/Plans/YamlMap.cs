using System.Globalization;
using Orchestrator.Workflows.Plan;
using YamlDotNet.Core;
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
    private YamlShape? _shape;

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

    /// <summary>Holds nothing, and notes in the shape what it is asked for.</summary>
    public YamlMap(YamlShape shape, PlanFindings findings)
    {
        Path = "";
        _shape = shape;
        _findings = findings;
    }

    public string Path { get; }

    public IEnumerable<string> Keys => _shape is null ? _values.Keys : [YamlShape.AnyName];

    public string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public string Text(string key, string missing = "")
    {
        Note(key, new YamlKey(YamlType.Text) { Required = true, Hint = missing.Length == 0 ? null : missing });
        return RequiredText(key, missing);
    }

    public string? OptionalText(string key)
    {
        Note(key, new YamlKey(YamlType.Text));
        return FindText(key);
    }

    private string RequiredText(string key, string missing)
    {
        if (FindText(key) is { } text)
        {
            return text;
        }

        if (!_values.ContainsKey(key))
        {
            _findings.Add(At(key), $"{Describe(Path)} needs '{key}'.", missing.Length == 0 ? null : missing);
        }

        return "";
    }

    private string? FindText(string key)
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

    public int Number(string key, int otherwise) => OptionalNumber(key) ?? otherwise;

    public int? OptionalNumber(string key)
    {
        Note(key, new YamlKey(YamlType.Number));
        if (FindText(key) is not { } text)
        {
            return null;
        }

        // 200_000 reads better than 200000, and YAML allows it.
        if (int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _findings.Add(At(key), $"'{text}' is not a whole number.");
        return null;
    }

    public decimal Decimal(string key, decimal otherwise)
    {
        Note(key, new YamlKey(YamlType.Decimal));
        if (FindText(key) is not { } text)
        {
            return otherwise;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _findings.Add(At(key), $"'{text}' is not a number from 0 on.");
        return otherwise;
    }

    /// <summary>A number of bytes, such as 10 GB.</summary>
    public long Size(string key)
    {
        Note(key, new YamlKey(YamlType.Size));
        if (FindText(key) is not { } text)
        {
            return 0;
        }

        if (ByteSize.TryParse(text) is { } bytes)
        {
            return bytes;
        }

        _findings.Add(At(key), $"'{text}' is not a size.", "Write a number and B, kB, MB, GB or TB, for example 10GB.");
        return 0;
    }

    public bool Flag(string key, bool otherwise)
    {
        Note(key, new YamlKey(YamlType.Flag));
        var text = FindText(key);
        if (text is null or "true" or "false")
        {
            return text is null ? otherwise : text == "true";
        }

        _findings.Add(At(key), $"'{text}' is neither true nor false.");
        return otherwise;
    }

    public TimeSpan? Duration(string key)
    {
        Note(key, new YamlKey(YamlType.Duration));
        if (FindText(key) is not { } text)
        {
            return null;
        }

        if (text.EndsWith("ms", StringComparison.Ordinal) && int.TryParse(text[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var brief))
        {
            return TimeSpan.FromMilliseconds(brief);
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

        _findings.Add(At(key), $"'{text}' is not a duration.", "Write a number and ms, s, m, h or d, for example 36h.");
        return null;
    }

    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, T? otherwise = null)
        where T : struct
    {
        Note(key, new YamlKey(YamlType.Choice) { Choices = [.. choices.Keys], Required = otherwise is null });
        var text = otherwise is null ? RequiredText(key, $"Choose one of {string.Join(", ", choices.Keys)}.") : FindText(key);
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

    public T? OptionalChoice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        var choice = Choice(key, choices, default(T));
        return _values.ContainsKey(key) ? choice : null;
    }

    /// <summary>The key <c>kind</c>, which says what other keys there are; null when it is missing or wrong.</summary>
    public T? Kind<T>(IReadOnlyDictionary<string, T> kinds)
        where T : class
    {
        if (_shape is not null)
        {
            // From here on, keys are those of this kind.
            (var name, _shape) = _shape.NextKind([.. kinds.Keys]);
            return kinds[name];
        }

        var text = RequiredText("kind", $"Choose one of {string.Join(", ", kinds.Keys)}.");
        if (text.Length > 0 && !kinds.ContainsKey(text))
        {
            _findings.Add(At("kind"), $"'{text}' is none of {string.Join(", ", kinds.Keys)}.", Nearest.Among(text, kinds.Keys));
        }

        return kinds.GetValueOrDefault(text);
    }

    /// <summary>A list of texts; one text alone is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        Note(key, new YamlKey(YamlType.Texts));
        if (Find(key) is YamlScalarNode)
        {
            return FindText(key) is { } single ? [single] : [];
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

    public IReadOnlyList<YamlMap> Maps(string key) => _shape is null
        ? [.. Items(key).Select(item => new YamlMap(item.Node, item.Path, _findings))]
        : [Inner(key, YamlType.Maps)];

    public YamlMap? Map(string key)
    {
        if (_shape is not null)
        {
            return Inner(key, YamlType.Map);
        }

        return Find(key) is { } node ? new YamlMap(node, At(key), _findings) : null;
    }

    public bool IsText(string key, string text)
    {
        Note(key, new YamlKey(YamlType.Text) { Word = text });
        return Find(key) is YamlScalarNode { Value: { } value } && value == text;
    }

    public void Require(string key, string suggestion)
    {
        Note(key, new YamlKey(YamlType.Texts) { Required = true, Hint = suggestion });
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

    /// <summary>Every key with its value as text; <c>null</c> and <c>~</c> are no value.</summary>
    public IReadOnlyDictionary<string, string?> Values()
    {
        Note(YamlShape.AnyName, new YamlKey(YamlType.Text));
        return _values.Keys.ToDictionary(key => key, key => IsNull(key) ? null : FindText(key) ?? "");
    }

    private bool IsNull(string key) => _values[key] is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null };

    private void Note(string key, YamlKey seen) => _shape?.Note(key, seen);

    private YamlMap Inner(string key, YamlType type)
    {
        var inner = _shape!.InnerOf(key);
        _shape.Note(key, new YamlKey(type) { Inner = inner });
        return new YamlMap(inner, _findings);
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
