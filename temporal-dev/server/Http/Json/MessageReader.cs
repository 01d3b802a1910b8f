using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Rpc;
using Temporalio.Api.Common.V1;

namespace TemporalDev.Server.Http.Json;

/// <summary>Fills messages from JSON by protobuf's rules; what does not fit is INVALID_ARGUMENT naming the field.</summary>
internal sealed class MessageReader(JsonShape shape)
{
    public void Read(JsonElement json, IMessage message)
    {
        if (shape == JsonShape.Shorthand && message is Payload payload)
        {
            PayloadShorthand.Read(json, payload);
            return;
        }

        if (shape == JsonShape.Shorthand && message is Payloads list && json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                var read = new Payload();
                PayloadShorthand.Read(item, read);
                list.Payloads_.Add(read);
            }

            return;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Fields.Invalid($"{message.Descriptor.Name} has to be a JSON object and is {Describe(json)}.");
        }

        if (message is Any any)
        {
            ReadAny(json, any);
            return;
        }

        ReadFields(json.EnumerateObject(), message);
    }

    private void ReadFields(IEnumerable<JsonProperty> properties, IMessage message)
    {
        var seen = new HashSet<FieldDescriptor>();
        foreach (var property in properties)
        {
            var field = FieldNames.Find(message.Descriptor, property.Name)
                ?? throw Fields.Invalid($"{message.Descriptor.Name} has no field \"{property.Name}\".");
            if (!seen.Add(field))
            {
                throw Fields.Invalid($"{message.Descriptor.Name} has the field \"{property.Name}\" twice.");
            }

            ReadField(field, property.Value, message);
        }
    }

    /// <summary>One value in the JSON form of a field's type, without regard to repetition.</summary>
    public object ReadSingle(JsonElement json, FieldDescriptor field)
    {
        if (field.FieldType == FieldType.Message)
        {
            return ReadMessage(json, field);
        }

        return ScalarReader.TryRead(json, field) ?? throw Fields.Invalid($"{field.Name} is a {Describe(field)} and cannot be {Describe(json)}.");
    }

    private object ReadMessage(JsonElement json, FieldDescriptor field)
    {
        var type = field.MessageType;
        if (WellKnown.IsWrapper(type))
        {
            return ReadSingle(json, WellKnown.WrappedField(type));
        }

        if (WellKnown.IsText(type))
        {
            try
            {
                return WellKnown.Parse(json.GetRawText(), type);
            }
            catch (InvalidProtocolBufferException)
            {
                throw Fields.Invalid($"{field.Name} is a {type.Name} and cannot be {Describe(json)}.");
            }
        }

        var message = type.Parser.ParseFrom(ByteString.Empty);
        Read(json, message);
        return message;
    }

    private void ReadField(FieldDescriptor field, JsonElement value, IMessage message)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (field.IsMap)
        {
            ReadMap(value, field, (IDictionary)field.Accessor.GetValue(message));
        }
        else if (field.IsRepeated)
        {
            ReadList(value, field, (IList)field.Accessor.GetValue(message));
        }
        else
        {
            if (field.RealContainingOneof is { } choice && choice.Accessor.GetCaseFieldDescriptor(message) is { } other)
            {
                throw Fields.Invalid($"{field.Name} and {other.Name} exclude each other.");
            }

            field.Accessor.SetValue(message, ReadSingle(value, field));
        }
    }

    private void ReadMap(JsonElement json, FieldDescriptor field, IDictionary map)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Fields.Invalid($"{field.Name} has to be a JSON object and is {Describe(json)}.");
        }

        var (keyField, valueField) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        foreach (var entry in json.EnumerateObject())
        {
            var key = ScalarReader.TryReadText(entry.Name, keyField) ?? throw Fields.Invalid($"\"{entry.Name}\" is not a key of {field.Name}.");
            map[key] = ReadSingle(entry.Value, valueField);
        }
    }

    private void ReadList(JsonElement json, FieldDescriptor field, IList list)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw Fields.Invalid($"{field.Name} has to be a JSON array and is {Describe(json)}.");
        }

        foreach (var item in json.EnumerateArray())
        {
            list.Add(ReadSingle(item, field));
        }
    }

    private void ReadAny(JsonElement json, Any any)
    {
        if (!json.TryGetProperty("@type", out var named) || named.ValueKind != JsonValueKind.String || WellKnown.Find(named.GetString()!) is not { } type)
        {
            throw Fields.Invalid("An Any needs \"@type\" with the name of a message of this service.");
        }

        var message = type.Parser.ParseFrom(ByteString.Empty);
        ReadFields(json.EnumerateObject().Where(property => property.Name != "@type"), message);
        any.MergeFrom(Any.Pack(message));
    }

    private static string Describe(FieldDescriptor field) =>
        field.FieldType == FieldType.Enum ? field.EnumType.Name : field.FieldType.ToString().ToLower(CultureInfo.InvariantCulture);

    private static string Describe(JsonElement json)
    {
        const int ShownCharacters = 40;
        var text = json.GetRawText();
        return text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "...";
    }
}
