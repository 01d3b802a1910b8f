using System.Collections.Concurrent;
using System.Reflection;
using Google.Protobuf;

namespace Temporalio.Client;

/// <summary>
/// The namespace that a request is about. Servers for many namespaces route by a header with it, so that they need not
/// read the message.
/// </summary>
internal static class RequestNamespace
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Properties = new();

    public static string? Of(IMessage request) =>
        Properties.GetOrAdd(request.GetType(), static type => type.GetProperty("Namespace", typeof(string)))
            ?.GetValue(request) is string { Length: > 0 } name ? name : null;
}
