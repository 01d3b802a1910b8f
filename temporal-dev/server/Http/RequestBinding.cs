using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http.Json;
using TemporalDev.Server.Rpc;

namespace TemporalDev.Server.Http;

/// <summary>Makes the request message of a call: from its body, then its parameters; what the path says wins over both.</summary>
internal static class RequestBinding
{
    // A chain of failures nests two levels for each cause; protobuf itself stops at 100 messages.
    private const int MaxDepth = 256;

    public static IMessage Bind(HttpMatch match, ReadOnlyMemory<byte> body, JsonContent content, IQueryCollection parameters)
    {
        var route = match.Route;
        var request = route.Method.InputType.Parser.ParseFrom(ByteString.Empty);
        if (route.HasBody && !body.IsEmpty)
        {
            ReadBody(body, content, route.BodyTarget(request));
        }

        if (route.ReadsParameters)
        {
            foreach (var (name, values) in parameters)
            {
                if (FieldPath.Find(request.Descriptor, name) is { } path && !route.PathFields.Any(path.Is))
                {
                    SetParameter(request, path, values);
                }
            }
        }

        foreach (var (path, value) in route.PathFields.Zip(match.Values))
        {
            path.Set(request, Text(path.Field, value));
        }

        return request;
    }

    private static void ReadBody(ReadOnlyMemory<byte> body, JsonContent content, IMessage target)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw Fields.Invalid("The body is not JSON: it is not UTF-8.");
        }

        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            RequireWholeTexts(body.Span);
            new MessageReader(content.Shape).Read(json.RootElement, target);
        }
        catch (JsonException malformed)
        {
            throw Fields.Invalid($"The body is not JSON: {malformed.Message}");
        }
    }

    /// <summary>Half of a surrogate pair, escaped, is JSON by its grammar and yet no text.</summary>
    private static void RequireWholeTexts(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException half)
        {
            throw Fields.Invalid($"The body is not JSON: {half.Message}");
        }
    }

    private static void SetParameter(IMessage request, FieldPath path, StringValues values)
    {
        var field = path.Field;
        if (field.IsMap)
        {
            throw Unsupported(field, "a map");
        }

        if (!field.IsRepeated && values.Count > 1)
        {
            throw Fields.Invalid($"too many values for field \"{field.Name}\": {string.Join(", ", values.ToArray())}");
        }

        foreach (var value in values)
        {
            if (field.IsRepeated)
            {
                path.Add(request, Text(field, value ?? ""));
            }
            else
            {
                path.Set(request, Text(field, value ?? ""));
            }
        }
    }

    private static object Text(FieldDescriptor field, string text)
    {
        if (field.FieldType == FieldType.Message)
        {
            return WellKnown.IsText(field.MessageType) || WellKnown.IsWrapper(field.MessageType)
                ? new MessageReader(JsonShape.Plain).ReadSingle(JsonSerializer.SerializeToElement(text), field)
                : throw Unsupported(field, field.MessageType.FullName);
        }

        var value = ScalarReader.TryReadText(text, field);
        // In a body a number may stand for what only newer definitions know; a parameter is typed by a person.
        var isKnown = field.FieldType != FieldType.Enum || (value is int number && field.EnumType.FindValueByNumber(number) is not null);
        return (isKnown ? value : null)
            ?? throw Fields.Invalid($"parsing field \"{field.Name}\": \"{text}\" is not a valid {field.FieldType.ToString().ToLowerInvariant()}");
    }

    private static GrpcException Unsupported(FieldDescriptor field, string type) =>
        Fields.Invalid($"parsing field \"{field.Name}\": a URL cannot hold {type}");
}
