using System.Reflection;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Activities;

/// <summary>An activity as a worker runs it.</summary>
public class ActivityDefinition
{
    private readonly Func<object?[], object?> _invoker;

    private ActivityDefinition(
        string? name, Type returnType, IReadOnlyCollection<Type> parameterTypes, int requiredParameterCount, Func<object?[], object?> invoker)
    {
        Name = name;
        ReturnType = returnType;
        ParameterTypes = parameterTypes;
        RequiredParameterCount = requiredParameterCount;
        _invoker = invoker;
    }

    /// <summary>Null for the dynamic activity.</summary>
    public string? Name { get; }

    public Type ReturnType { get; }

    public IReadOnlyCollection<Type> ParameterTypes { get; }

    public int RequiredParameterCount { get; }

    public bool Dynamic => Name == null;

    /// <summary>The delegate's method must carry [Activity].</summary>
    public static ActivityDefinition Create(Delegate del)
    {
        ArgumentNullException.ThrowIfNull(del);
        var invoke = del.GetType().GetMethod("Invoke")!;
        return Create(del.Method, arguments => invoke.Invoke(del, BindingFlags.DoNotWrapExceptions, null, arguments, null));
    }

    public static ActivityDefinition Create(MethodInfo method, Func<object?[], object?> invoker)
    {
        ArgumentNullException.ThrowIfNull(method);
        DefinitionProblems.ThrowIfAny(ProblemsOf(method));
        var attribute = method.GetCustomAttribute<ActivityAttribute>(inherit: false)!;
        var parameters = method.GetParameters();
        return Create(
            attribute.Dynamic ? null : attribute.Name ?? DefaultName(method),
            method.ReturnType,
            [.. parameters.Select(p => p.ParameterType)],
            parameters.Count(p => !p.HasDefaultValue),
            arguments => invoker(WithDefaults(arguments, parameters)));
    }

    /// <param name="name">Null makes the activity dynamic.</param>
    public static ActivityDefinition Create(
        string? name,
        Type returnType,
        IReadOnlyCollection<Type> parameterTypes,
        int requiredParameterCount,
        Func<object?[], object?> invoker)
    {
        ArgumentNullException.ThrowIfNull(parameterTypes);
        ArgumentNullException.ThrowIfNull(invoker);
        var where = $"Activity {name ?? "(dynamic)"}";
        var problems = new List<string>();
        if (name == null && !parameterTypes.SequenceEqual([typeof(IRawValue[])]))
        {
            problems.Add($"{where}: a dynamic activity must take (IRawValue[]).");
        }

        if (HandlerNames.IsReserved(name))
        {
            problems.Add($"{where}: names that begin with {HandlerNames.ReservedPrefix} are reserved.");
        }

        if (requiredParameterCount > parameterTypes.Count)
        {
            problems.Add($"{where}: requires {requiredParameterCount} parameters but has {parameterTypes.Count}.");
        }

        if (parameterTypes.Any(p => p.IsByRef))
        {
            problems.Add($"{where}: parameters cannot be ref, in or out.");
        }

        DefinitionProblems.ThrowIfAny(problems);
        return new(name, returnType, parameterTypes, requiredParameterCount, invoker);
    }

    /// <param name="instance">May be null where all activities of the type are static.</param>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll<T>(T? instance) => CreateAll(typeof(T), instance);

    /// <summary>All methods with [Activity], with every mistake in them reported together.</summary>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll(Type type, object? instance)
    {
        ArgumentNullException.ThrowIfNull(type);
        const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
        var methods = type.GetMethods(Everything).Where(m => m.IsDefined(typeof(ActivityAttribute), inherit: false)).ToList();
        var problems = methods.SelectMany(ProblemsOf).ToList();
        if (methods.Count == 0)
        {
            problems.Add($"{type.Name} has no method with [Activity].");
        }

        if (instance == null)
        {
            problems.AddRange(methods.Where(m => !m.IsStatic).Select(m => $"{DefinitionProblems.Of(m)} is not static, so an instance is needed."));
        }

        DefinitionProblems.ThrowIfAny(problems);
        return [.. methods.Select(m => Create(m, arguments => m.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null)))];
    }

    /// <summary>A method without a result, awaited or not, gives an empty <see cref="ValueTuple"/>.</summary>
    public async Task<object?> InvokeAsync(object?[] parameters)
    {
        var result = _invoker(parameters);
        if (result is not Task task)
        {
            return ReturnType == typeof(void) ? default(ValueTuple) : result;
        }

        await task;
        return TaskResults.Of(task, ReturnType);
    }

    internal static string NameOf(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<ActivityAttribute>(method, "an activity");
        return attribute.Dynamic
            ? throw new ArgumentException($"{method.Name} is a dynamic activity: it cannot be called by expression, only by name.")
            : attribute.Name ?? DefaultName(method);
    }

    private static IEnumerable<string> ProblemsOf(MethodInfo method)
    {
        var where = DefinitionProblems.Of(method);
        if (method.GetCustomAttribute<ActivityAttribute>(inherit: false) is not { } attribute)
        {
            yield return $"{where} has no [Activity].";
            yield break;
        }

        if (method.ContainsGenericParameters)
        {
            yield return $"{where}: an [Activity] method cannot be generic.";
        }

        if (attribute is { Dynamic: true, Name: not null })
        {
            yield return $"{where}: a dynamic [Activity] cannot have a name.";
        }

        if (attribute is { Dynamic: false, Name: null } && method.Name.Contains('<') && LocalFunctionName(method.Name) == null)
        {
            yield return $"{where}: a lambda has no name of its own; give [Activity] one.";
        }

        if (attribute.Dynamic && !method.GetParameters().Select(p => p.ParameterType).SequenceEqual([typeof(IRawValue[])]))
        {
            yield return $"{where}: a dynamic activity must take (IRawValue[]).";
        }

        if (method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            yield return $"{where}: parameters of an [Activity] cannot be ref, in or out.";
        }
    }

    private static string DefaultName(MethodInfo method)
    {
        const string Suffix = "Async";
        if (LocalFunctionName(method.Name) is not { } local)
        {
            return HandlerNames.WithoutAsync(method);
        }

        return typeof(Task).IsAssignableFrom(method.ReturnType) && local.Length > Suffix.Length && local.EndsWith(Suffix, StringComparison.Ordinal)
            ? local[..^Suffix.Length]
            : local;
    }

    // The compiler calls a local function <Outer>g__Name|0_0.
    private static string? LocalFunctionName(string compiled)
    {
        const string Marker = ">g__";
        var start = compiled.IndexOf(Marker, StringComparison.Ordinal);
        var end = compiled.IndexOf('|');
        return start < 0 || end < start ? null : compiled[(start + Marker.Length)..end];
    }

    private static object?[] WithDefaults(object?[] arguments, ParameterInfo[] parameters) =>
        arguments.Length >= parameters.Length
            ? arguments
            : [.. arguments, .. parameters.Skip(arguments.Length).Select(p => p.DefaultValue)];
}
