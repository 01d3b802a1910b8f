using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace TemporalDev.Server.Http.Json;

/// <summary>Messages as JSON by protobuf's rules, with Temporal's shorthand for payloads where it is wanted.</summary>
internal sealed class MessageWriter(Utf8JsonWriter json, JsonShape shape)
{
    // A chain of failures nests one level for each cause.
    private const int MaxDepth = 256;

    public static byte[] ToBytes(IMessage message, JsonContent content)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = content.IsPretty,
            NewLine = "\n",
            MaxDepth = MaxDepth,
            // The text is never spliced into HTML; people read it.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            new MessageWriter(json, content.Shape).Write(message);
        }

        return buffer.ToArray();
    }

    private void Write(IMessage message)
    {
        if (shape == JsonShape.Shorthand && PayloadShorthand.TryWrite(json, message, Write))
        {
            return;
        }

        if (WellKnown.IsText(message.Descriptor))
        {
            json.WriteRawValue(WellKnown.Format(message));
            return;
        }

        json.WriteStartObject();
        if (message is Any any)
        {
            WriteAny(any);
        }
        else
        {
            WriteFields(message);
        }

        json.WriteEndObject();
    }

    private void WriteAny(Any any)
    {
        json.WriteString("@type", any.TypeUrl);
        if (WellKnown.Find(any) is not { } type)
        {
            json.WriteBase64String("value", any.Value.Span);
            return;
        }

        var message = type.Parser.ParseFrom(any.Value);
        if (WellKnown.IsText(type))
        {
            json.WritePropertyName("value");
            Write(message);
        }
        else
        {
            WriteFields(message);
        }
    }

    private void WriteFields(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.HasPresence ? !field.Accessor.HasValue(message) : IsDefault(value))
            {
                continue;
            }

            json.WritePropertyName(field.JsonName);
            if (field.IsMap)
            {
                WriteMap(field, (IDictionary)value);
            }
            else if (field.IsRepeated)
            {
                WriteList(field, (IList)value);
            }
            else
            {
                WriteSingle(field, value);
            }
        }
    }

    private void WriteMap(FieldDescriptor field, IDictionary map)
    {
        var valueField = field.MessageType.FindFieldByNumber(2);
        json.WriteStartObject();
        foreach (var (name, key) in map.Keys.Cast<object>().Select(key => (KeyText(key), key)).OrderBy(entry => entry.Item1, StringComparer.Ordinal))
        {
            json.WritePropertyName(name);
            WriteSingle(valueField, map[key]!);
        }

        json.WriteEndObject();
    }

    private void WriteList(FieldDescriptor field, IList list)
    {
        json.WriteStartArray();
        foreach (var item in list)
        {
            WriteSingle(field, item!);
        }

        json.WriteEndArray();
    }

    private void WriteSingle(FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message:
                Write(message);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case ByteString bytes:
                json.WriteBase64StringValue(bytes.Span);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or System.Enum when field.FieldType == FieldType.Enum:
                WriteEnum(field, (int)value);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case uint number:
                json.WriteNumberValue(number);
                break;
            // JavaScript's numbers lose digits beyond 53 bits.
            case long or ulong:
                json.WriteStringValue(value.ToString());
                break;
            case float number:
                WriteFloating(number, () => json.WriteNumberValue(number));
                break;
            case double number:
                WriteFloating(number, () => json.WriteNumberValue(number));
                break;
            default:
                throw new InvalidOperationException($"{field.FullName} holds a {value.GetType()}, which has no JSON form.");
        }
    }

    private void WriteEnum(FieldDescriptor field, int number)
    {
        if (field.EnumType.FindValueByNumber(number) is { } known)
        {
            json.WriteStringValue(known.Name);
        }
        else
        {
            json.WriteNumberValue(number);
        }
    }

    private void WriteFloating(double number, Action writeFinite)
    {
        if (double.IsFinite(number))
        {
            writeFinite();
        }
        else
        {
            json.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static string KeyText(object key) => key is bool flag ? (flag ? "true" : "false") : key.ToString()!;

    private static bool IsDefault(object value) => value switch
    {
        string text => text.Length == 0,
        ByteString bytes => bytes.IsEmpty,
        ICollection collection => collection.Count == 0,
        bool flag => !flag,
        int number => number == 0,
        uint number => number == 0,
        long number => number == 0,
        ulong number => number == 0,
        float number => number == 0,
        double number => number == 0,
        System.Enum number => Convert.ToInt32(number, System.Globalization.CultureInfo.InvariantCulture) == 0,
        _ => false,
    };
}
