using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace TemporalDev.Server.Http.Json;

/// <summary>Fields by name: in JSON's camel case, or as their definition spells them.</summary>
internal static class FieldNames
{
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> Known = [];

    public static FieldDescriptor? Find(MessageDescriptor type, string name) => Known.GetOrAdd(type, Read).GetValueOrDefault(name);

    private static Dictionary<string, FieldDescriptor> Read(MessageDescriptor type)
    {
        var names = new Dictionary<string, FieldDescriptor>(StringComparer.Ordinal);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            names[field.JsonName] = field;
            names.TryAdd(field.Name, field);
        }

        return names;
    }
}
