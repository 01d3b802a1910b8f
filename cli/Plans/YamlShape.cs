namespace Orchestrator.Cli.Plans;

internal enum YamlType
{
    Text,
    Number,
    Decimal,
    Flag,
    Duration,
    Size,
    Choice,
    Texts,
    Map,
    Maps,
}

/// <summary>One key of a mapping, as the reader asks for it.</summary>
internal sealed record YamlKey(YamlType Type)
{
    public bool Required { get; init; }

    public string? Hint { get; init; }

    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>A word that may stand here instead.</summary>
    public string? Word { get; init; }

    public YamlShape? Inner { get; init; }
}

/// <summary>
/// What a mapping may hold, learned by letting the plan reader read an empty file: whatever it asks for is a key. So the
/// schema that editors get cannot say anything else than what the reader does.
/// </summary>
internal sealed class YamlShape
{
    /// <summary>Stands for names that the author chooses.</summary>
    public const string AnyName = "*";

    private readonly Dictionary<string, YamlKey> _keys = [];
    private readonly Dictionary<string, YamlShape> _kinds = [];
    private IReadOnlyList<string> _kindNames = [];

    public IReadOnlyDictionary<string, YamlKey> Keys => _keys;

    /// <summary>What each kind holds beyond the keys of all kinds.</summary>
    public IReadOnlyDictionary<string, YamlShape> Kinds => _kinds;

    /// <summary>Every kind of every mapping in here has been asked for.</summary>
    public bool IsComplete =>
        _kinds.Count == _kindNames.Count
        && _kinds.Values.All(kind => kind.IsComplete)
        && _keys.Values.All(key => key.Inner?.IsComplete != false);

    public void Note(string key, YamlKey seen)
    {
        var before = _keys.GetValueOrDefault(key);
        _keys[key] = seen with
        {
            Required = seen.Required || before?.Required == true,
            Hint = seen.Hint ?? before?.Hint,
            Word = seen.Word ?? before?.Word,
            Inner = seen.Inner ?? before?.Inner,
        };
    }

    public YamlShape InnerOf(string key) => _keys.GetValueOrDefault(key)?.Inner ?? new YamlShape();

    /// <summary>The next kind that has not been asked for, and the shape to note its keys in.</summary>
    public (string Name, YamlShape Shape) NextKind(IReadOnlyList<string> names)
    {
        _kindNames = names;
        var name = names.FirstOrDefault(n => !_kinds.ContainsKey(n)) ?? names[0];
        _kinds.TryAdd(name, new YamlShape());
        return (name, _kinds[name]);
    }
}
