using System.Reflection;
using Temporalio.Converters;

namespace Temporalio.Workflows;

/// <summary>How methods get the names by which they are known on the wire.</summary>
internal static class HandlerNames
{
    public const string ReservedPrefix = "__temporal";

    // Answered by every workflow without a handler, so a handler of that name could never be reached.
    private const string StackTraceQuery = "__stack_trace";

    public static bool IsReserved(string? name) =>
        name != null && (name.StartsWith(ReservedPrefix, StringComparison.Ordinal) || name == StackTraceQuery);

    public static string WithoutAsync(MethodInfo method)
    {
        const string Suffix = "Async";
        return typeof(Task).IsAssignableFrom(method.ReturnType) && method.Name.Length > Suffix.Length && method.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? method.Name[..^Suffix.Length]
            : method.Name;
    }

    public static bool TakesNameAndRawArguments(MethodInfo method) =>
        method.GetParameters() is [{ ParameterType: var first }, { ParameterType: var second }] &&
        first == typeof(string) && second == typeof(IRawValue[]);

    /// <summary>The attribute, also where the call goes through an override or an implementation of an interface's method.</summary>
    public static T Attribute<T>(MethodInfo method, string meaning)
        where T : Attribute =>
        method.GetCustomAttribute<T>(inherit: false) ??
        throw new ArgumentException($"{method.DeclaringType?.Name}.{method.Name} is called as {meaning} but has no [{typeof(T).Name[..^"Attribute".Length]}].");
}
