using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf.Reflection;

namespace TemporalDev.Server.Http.Json;

/// <summary>Enum values by name: the full one, and the short one without the type's prefix that older clients send.</summary>
internal static class EnumNames
{
    private static readonly ConcurrentDictionary<EnumDescriptor, Dictionary<string, int>> Known = [];

    public static int? Find(EnumDescriptor type, string name) =>
        Known.GetOrAdd(type, Read).TryGetValue(name, out var number) ? number : null;

    private static Dictionary<string, int> Read(EnumDescriptor type)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var prefix = ToScreaming(type.Name) + "_";
        foreach (var value in type.Values)
        {
            names[value.Name] = value.Number;
            var rest = value.Name.StartsWith(prefix, StringComparison.Ordinal) ? value.Name[prefix.Length..] : value.Name;
            names.TryAdd(ToPascal(rest), value.Number);
        }

        return names;
    }

    private static string ToScreaming(string pascal)
    {
        var text = new StringBuilder();
        foreach (var letter in pascal)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }

    private static string ToPascal(string screaming) =>
        string.Concat(screaming.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => word[0] + word[1..].ToLowerInvariant()));
}
