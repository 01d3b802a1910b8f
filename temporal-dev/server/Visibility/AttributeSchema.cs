using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>A search attribute as queries see it.</summary>
internal sealed record Field(string Name, IndexedValueType Type);

/// <summary>Which search attributes a namespace has.</summary>
internal sealed class AttributeSchema(IEnumerable<KeyValuePair<string, string>> aliases)
{
    private const string TypeKey = "type";

    public IReadOnlyDictionary<string, IndexedValueType> Custom { get; } =
        aliases.ToDictionary(pair => pair.Value, pair => AttributeSlots.TypeOf(pair.Key));

    /// <summary>What a query may name; "ScheduledById" is short for "TemporalScheduledById".</summary>
    public Field? Find(string name) => Exact(name) ?? Exact(KnownAttributes.ReservedPrefix + name);

    /// <summary>The type of an attribute that workflows and their starters may set.</summary>
    public IndexedValueType? Settable(string name) =>
        Custom.TryGetValue(name, out var custom) ? custom
        : KnownAttributes.Predefined.TryGetValue(name, out var predefined) ? predefined
        : null;

    /// <summary>Clients decode by the type in the metadata, which those that set the value need not have given.</summary>
    public SearchAttributes Typed(SearchAttributes attributes)
    {
        var typed = attributes.Clone();
        AddTypes(typed);
        return typed;
    }

    public void AddTypes(SearchAttributes attributes)
    {
        foreach (var (name, payload) in attributes.IndexedFields)
        {
            if (!payload.Metadata.ContainsKey(TypeKey) && Settable(name) is { } type)
            {
                payload.Metadata[TypeKey] = ByteString.CopyFromUtf8(type.ToString());
            }
        }
    }

    private Field? Exact(string name) =>
        KnownAttributes.System.TryGetValue(name, out var system) ? new Field(name, system)
        : Settable(name) is { } type ? new Field(name, type)
        : null;
}
