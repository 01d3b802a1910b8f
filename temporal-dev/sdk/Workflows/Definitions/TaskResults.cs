using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>Reads the result of a completed task whose type is only known at run time.</summary>
internal static class TaskResults
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Results = new();

    /// <param name="declared">The method's return type; the task's own type may be one of the compiler's.</param>
    public static object? Of(Task completed, Type declared)
    {
        var type = declared.IsGenericType ? declared : typeof(Task).IsAssignableFrom(declared) ? null : completed.GetType();
        var property = type == null ? null : Results.GetOrAdd(type, static t => t.GetProperty("Result"));
        return property == null ? default(ValueTuple) : property.GetValue(completed);
    }
}
