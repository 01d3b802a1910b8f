using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Plans;

/// <summary>The JSON Schema of <c>plan.yaml</c>, for editors.</summary>
internal static class PlanSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write()
    {
        var schema = Emit(Learn());
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A plan of staged database migrations");
        return schema.ToJsonString(Indented);
    }

    public static YamlShape Learn()
    {
        var shape = new YamlShape();
        do
        {
            var findings = new PlanFindings(PlanFolder.FileName);
            new PlanReader(findings, new SqlFiles(Path.GetTempPath(), findings)).Read(new YamlMap(shape, findings));
        }
        while (!shape.IsComplete);
        return shape;
    }

    private static JsonObject Emit(YamlShape shape)
    {
        if (shape.Kinds.Count == 0)
        {
            return EmitObject(shape.Keys);
        }

        var kinds = shape.Kinds.Select(kind =>
        {
            var keys = new Dictionary<string, YamlKey>
            {
                ["kind"] = new(YamlType.Choice) { Choices = [kind.Key], Required = true },
            };
            foreach (var (name, key) in shape.Keys.Concat(kind.Value.Keys))
            {
                keys[name] = key;
            }

            return (JsonNode)EmitObject(keys);
        });
        return new JsonObject { ["oneOf"] = new JsonArray([.. kinds]) };
    }

    private static JsonObject EmitObject(IReadOnlyDictionary<string, YamlKey> keys)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (keys.GetValueOrDefault(YamlShape.AnyName) is { } any)
        {
            schema["additionalProperties"] = Emit(any);
            return schema;
        }

        schema["properties"] = new JsonObject([.. keys.Select(key => KeyValuePair.Create(key.Key, (JsonNode?)Emit(key.Value)))]);
        schema["required"] = new JsonArray([.. keys.Where(key => key.Value.Required).Select(key => (JsonNode)key.Key)]);
        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Emit(YamlKey key)
    {
        var schema = key.Type switch
        {
            YamlType.Text => Scalar(),
            YamlType.Number => Pattern("^[0-9_]+$", "integer"),
            YamlType.Decimal => new JsonObject { ["type"] = "number" },
            YamlType.Flag => new JsonObject { ["type"] = "boolean" },
            YamlType.Duration => Pattern("^[0-9]+(ms|[smhd])$"),
            YamlType.Size => Pattern("^[0-9_]+ ?(B|kB|MB|GB|TB)$"),
            YamlType.Choice => new JsonObject { ["enum"] = new JsonArray([.. key.Choices.Select(c => (JsonNode)c)]) },
            YamlType.Texts => new JsonObject { ["anyOf"] = new JsonArray(Scalar(), new JsonObject { ["type"] = "array", ["items"] = Scalar() }) },
            YamlType.Map => Emit(key.Inner!),
            YamlType.Maps => new JsonObject { ["type"] = "array", ["items"] = Emit(key.Inner!) },
            _ => throw new InvalidOperationException($"No schema for {key.Type}."),
        };
        if (key.Word is { } word)
        {
            schema = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = word }, schema) };
        }

        if (key.Hint is { } hint)
        {
            schema["description"] = hint;
        }

        return schema;
    }

    // YAML reads 23505 as a number and on as a truth; the plan reader takes both as the text that they are.
    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Pattern(string pattern, params string[] otherTypes) => new()
    {
        ["type"] = new JsonArray([.. otherTypes.Append("string").Select(t => (JsonNode)t)]),
        ["pattern"] = pattern,
    };
}
