using System.Collections.Immutable;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TemporalDev.Server.Http;

/// <summary>One way to call a method over HTTP, from the annotations of its definition.</summary>
internal sealed record HttpRoute(MethodDescriptor Method, string Verb, ImmutableArray<string> Segments, string Body)
{
    private const string WholeMessage = "*";

    /// <summary>The fields that the variable segments of the path fill, in their order.</summary>
    public required ImmutableArray<FieldPath> PathFields { get; init; }

    public bool HasBody => Body.Length > 0;

    /// <summary>A body takes everything that the path does not; then the URL's parameters mean nothing.</summary>
    public bool ReadsParameters => Body != WholeMessage;

    public static IEnumerable<HttpRoute> Of(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Prepend(rule).Select(binding => From(method, binding))
            : [];

    /// <summary>The message that the body fills: the request, or one field of it.</summary>
    public IMessage BodyTarget(IMessage request)
    {
        if (Body == WholeMessage)
        {
            return request;
        }

        var part = FieldPath.Find(Method.InputType, Body)!;
        var target = part.Field.MessageType.Parser.ParseFrom(ByteString.Empty);
        part.Set(request, target);
        return target;
    }

    public static bool IsVariable(string segment) => segment.StartsWith('{');

    private static HttpRoute From(MethodDescriptor method, HttpRule rule)
    {
        var (verb, template) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
            HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
            HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
            HttpRule.PatternOneofCase.Patch => ("PATCH", rule.Patch),
            _ => throw new NotSupportedException($"{method.FullName} is bound to HTTP by a {rule.PatternCase} rule."),
        };
        var segments = template.TrimStart('/').Split('/').ToImmutableArray();
        return new HttpRoute(method, verb, segments, rule.Body)
        {
            PathFields = [.. segments.Where(IsVariable).Select(variable => FieldOf(method, variable[1..^1]))],
        };
    }

    private static FieldPath FieldOf(MethodDescriptor method, string name) =>
        FieldPath.Find(method.InputType, name)
        ?? throw new NotSupportedException($"{method.FullName} is bound to HTTP by the path variable '{name}', which is no field of its request.");
}
