using System.Text.Json;
using System.Text.Json.Nodes;
using Temporalio.Api.Common.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>Search attributes as queries compare them: a JSON object of names and plain values.</summary>
internal static class PlainAttributes
{
    public static string Of(SearchAttributes attributes, params IEnumerable<KeyValuePair<string, JsonNode?>> others)
    {
        var values = new JsonObject(others);
        foreach (var (name, payload) in attributes.IndexedFields)
        {
            try
            {
                values[name] = Single(JsonNode.Parse(payload.Data.Span));
            }
            catch (JsonException)
            {
                // A value that is no JSON cannot be compared by any query; the list still shows the payload as it came.
                values[name] = null;
            }
        }

        return values.ToJsonString();
    }

    /// <summary>Older SDKs send every value as a list; a list of one compares as what is in it.</summary>
    private static JsonNode? Single(JsonNode? value) => value is JsonArray { Count: 1 } list ? list[0]?.DeepClone() : value;
}
