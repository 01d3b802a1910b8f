using Microsoft.AspNetCore.Http;
using TemporalDev.Server.Http.Json;

namespace TemporalDev.Server.Http;

/// <summary>The four forms of JSON that callers may ask for, by media type or by the URL's parameters.</summary>
internal sealed record JsonContent(JsonShape Shape, bool IsPretty)
{
    private const string Json = "application/json";
    private const string Pretty = "+pretty";
    private const string Plain = "+no-payload-shorthand";

    public string MediaType => Json + (IsPretty ? Pretty : "") + (Shape == JsonShape.Plain ? Plain : "");

    /// <summary>What the body of a request is: anything that is not one of ours is taken for plain JSON with shorthand.</summary>
    public static JsonContent OfBody(HttpRequest request) => Find(request.ContentType) ?? new JsonContent(JsonShape.Shorthand, IsPretty: false);

    /// <summary>What the reply has to be: the URL's parameters decide, then Accept, then the form of the request.</summary>
    public static JsonContent OfReply(HttpRequest request)
    {
        var (pretty, plain) = (request.Query.ContainsKey("pretty"), request.Query.ContainsKey("noPayloadShorthand"));
        return pretty || plain
            ? new JsonContent(plain ? JsonShape.Plain : JsonShape.Shorthand, pretty)
            : request.Headers.Accept.Select(Find).FirstOrDefault(found => found is not null) ?? OfBody(request);
    }

    private static JsonContent? Find(string? mediaType) => mediaType switch
    {
        Json => new(JsonShape.Shorthand, IsPretty: false),
        Json + Pretty => new(JsonShape.Shorthand, IsPretty: true),
        Json + Plain => new(JsonShape.Plain, IsPretty: false),
        Json + Pretty + Plain => new(JsonShape.Plain, IsPretty: true),
        _ => null,
    };
}
