using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Http;

/// <summary>Finds the route of a request. Words of a path win over variables, wherever both would fit.</summary>
internal sealed class HttpRouter
{
    private readonly Node _root = new();

    public HttpRouter(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var route in services.SelectMany(service => service.Methods).SelectMany(HttpRoute.Of))
        {
            Add(route);
        }
    }

    /// <param name="path">As it was sent, without its parameters: segments are decoded one by one, so an id may contain a slash.</param>
    public HttpMatch Find(string verb, string path)
    {
        var segments = path.TrimStart('/').Split('/').Select(PathText.Decode).ToImmutableArray();
        if (!TryFind(_root, segments, depth: 0, [], out var found, out var values))
        {
            throw new GrpcException(GrpcStatusCode.NotFound, "Not Found");
        }

        return found.Routes.TryGetValue(verb, out var route)
            ? new HttpMatch(route, values)
            : throw new GrpcException(GrpcStatusCode.Unimplemented, "Method Not Allowed");
    }

    private void Add(HttpRoute route)
    {
        var node = _root;
        foreach (var segment in route.Segments)
        {
            node = HttpRoute.IsVariable(segment) ? node.Variable ??= new Node() : node.Words.GetValueOrDefault(segment) ?? (node.Words[segment] = new Node());
        }

        node.Routes.TryAdd(route.Verb, route);
    }

    private static bool TryFind(
        Node node, ImmutableArray<string> segments, int depth, ImmutableArray<string> taken, [NotNullWhen(true)] out Node? found, out ImmutableArray<string> values)
    {
        if (depth == segments.Length)
        {
            (found, values) = (node.Routes.Count > 0 ? node : null, taken);
            return found is not null;
        }

        var segment = segments[depth];
        if (node.Words.TryGetValue(segment, out var word) && TryFind(word, segments, depth + 1, taken, out found, out values))
        {
            return true;
        }

        if (node.Variable is { } variable)
        {
            return TryFind(variable, segments, depth + 1, taken.Add(segment), out found, out values);
        }

        (found, values) = (null, []);
        return false;
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Words { get; } = new(StringComparer.Ordinal);

        public Node? Variable { get; set; }

        public Dictionary<string, HttpRoute> Routes { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>A route, and what the path says for each of its variables.</summary>
internal sealed record HttpMatch(HttpRoute Route, ImmutableArray<string> Values);
