using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace TemporalDev.Server.Http.Json;

/// <summary>Values of scalar fields, from JSON and from plain text as in a URL; null when the value does not fit.</summary>
internal static class ScalarReader
{
    private const NumberStyles Real = NumberStyles.Float;

    public static object? TryRead(JsonElement json, FieldDescriptor field) => (json.ValueKind, field.FieldType) switch
    {
        (JsonValueKind.True, FieldType.Bool) => true,
        (JsonValueKind.False, FieldType.Bool) => false,
        (_, FieldType.Bool) => null,
        (JsonValueKind.String, _) => TryReadText(json.GetString()!, field),
        (JsonValueKind.Number, FieldType.String or FieldType.Bytes) => null,
        (JsonValueKind.Number, FieldType.Float or FieldType.Double) => TryReadText(json.GetRawText(), field),
        // 1.0 and 1e3 are integers, too.
        (JsonValueKind.Number, _) when json.TryGetDecimal(out var number) && decimal.IsInteger(number) =>
            TryReadText(decimal.Truncate(number).ToString(CultureInfo.InvariantCulture), field),
        _ => null,
    };

    public static object? TryReadText(string text, FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return text;
            case FieldType.Bytes:
                return Base64.TryRead(text);
            case FieldType.Bool:
                return text switch { "true" or "1" => true, "false" or "0" => false, _ => null };
            case FieldType.Enum:
                return EnumNames.Find(field.EnumType, text) ?? (Integer<int>(text) is int number ? number : null);
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                return Integer<int>(text);
            case FieldType.UInt32 or FieldType.Fixed32:
                return Integer<uint>(text);
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return Integer<long>(text);
            case FieldType.UInt64 or FieldType.Fixed64:
                return Integer<ulong>(text);
            case FieldType.Float:
                return float.TryParse(text, Real, CultureInfo.InvariantCulture, out var single) ? single : null;
            case FieldType.Double:
                return double.TryParse(text, Real, CultureInfo.InvariantCulture, out var real) ? real : null;
            default:
                throw new InvalidOperationException($"{field.FullName} is a {field.FieldType}, which is no scalar.");
        }
    }

    private static object? Integer<T>(string text)
        where T : struct, System.Numerics.IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
