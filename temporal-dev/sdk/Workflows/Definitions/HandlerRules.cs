using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>What is wrong with a handler, as sentences.</summary>
internal static class HandlerRules
{
    public static IEnumerable<string> OfMethod(MethodInfo method, string attribute, string? explicitName, bool dynamic)
    {
        var where = DefinitionProblems.Of(method);
        if (!method.IsPublic)
        {
            yield return $"{where}: a [{attribute}] method must be public.";
        }

        if (method.IsStatic)
        {
            yield return $"{where}: a [{attribute}] method cannot be static.";
        }

        if (method.ContainsGenericParameters)
        {
            yield return $"{where}: a [{attribute}] method cannot be generic.";
        }

        if (DefinitionProblems.HasByReference(method))
        {
            yield return $"{where}: parameters of a [{attribute}] method cannot be ref, in or out.";
        }

        if (dynamic && explicitName != null)
        {
            yield return $"{where}: a dynamic [{attribute}] cannot have a name.";
        }
    }

    public static IEnumerable<string> OfSignal(string where, string? name, HandlerMethod method)
    {
        if (method.ReturnType != typeof(Task))
        {
            yield return $"{where}: a signal handler must return Task.";
        }

        foreach (var problem in OfName(where, name, method))
        {
            yield return problem;
        }
    }

    public static IEnumerable<string> OfQuery(string where, string? name, HandlerMethod method)
    {
        if (method.ReturnType == typeof(void) || typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            yield return $"{where}: a query handler must return a value and cannot return a Task.";
        }

        foreach (var problem in OfName(where, name, method))
        {
            yield return problem;
        }
    }

    public static IEnumerable<string> OfUpdate(string where, string? name, HandlerMethod method, HandlerMethod? validator)
    {
        if (!typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            yield return $"{where}: an update handler must return Task or Task<T>.";
        }

        foreach (var problem in OfName(where, name, method))
        {
            yield return problem;
        }

        if (validator == null)
        {
            yield break;
        }

        if (validator.ReturnType != typeof(void))
        {
            yield return $"{where}: its validator must return void.";
        }

        if (!validator.Parameters.Select(p => p.ParameterType).SequenceEqual(method.Parameters.Select(p => p.ParameterType)))
        {
            yield return $"{where}: its validator must take the same parameters.";
        }
    }

    private static IEnumerable<string> OfName(string where, string? name, HandlerMethod method)
    {
        if (HandlerNames.IsReserved(name))
        {
            yield return $"{where}: the name {name} is reserved (names that begin with {HandlerNames.ReservedPrefix} are).";
        }

        if (name == null && !method.TakesNameAndRawArguments)
        {
            yield return $"{where}: a dynamic handler must take (string, IRawValue[]).";
        }
    }
}

internal static class DefinitionProblems
{
    public static string Of(MethodInfo method) => $"{method.DeclaringType?.Name}.{method.Name}";

    public static bool HasByReference(MethodInfo method) => method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef);

    public static void ThrowIfAny(IEnumerable<string> problems)
    {
        var all = problems.Distinct().ToList();
        if (all.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, all));
        }
    }
}
