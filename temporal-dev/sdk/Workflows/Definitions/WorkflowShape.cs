using System.Reflection;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Workflows;

/// <summary>What reflection finds on a workflow type, with every mistake collected before any is reported.</summary>
internal sealed record WorkflowShape(
    string? Name,
    Type Type,
    MethodInfo RunMethod,
    ConstructorInfo? InitConstructor,
    Func<object?[], object>? Creator,
    IReadOnlyCollection<Type>? FailureExceptionTypes,
    VersioningBehavior VersioningBehavior)
{
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public required IReadOnlyDictionary<string, WorkflowSignalDefinition> Signals { get; init; }

    public WorkflowSignalDefinition? DynamicSignal { get; init; }

    public required IReadOnlyDictionary<string, WorkflowQueryDefinition> Queries { get; init; }

    public WorkflowQueryDefinition? DynamicQuery { get; init; }

    public required IReadOnlyDictionary<string, WorkflowUpdateDefinition> Updates { get; init; }

    public WorkflowUpdateDefinition? DynamicUpdate { get; init; }

    public static WorkflowShape Read(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var problems = new List<string>();
        var attribute = type.GetCustomAttribute<WorkflowAttribute>(inherit: false);
        CheckType(type, attribute, problems);
        var run = FindRun(type, attribute, problems);
        var init = FindInit(type, run, problems);
        var handlers = WorkflowHandlers.Read(type, problems);
        DefinitionProblems.ThrowIfAny(problems.Select(p => $"Workflow {type.FullName}: {p}"));
        return new(
            attribute!.Dynamic ? null : attribute.Name ?? DefaultName(type),
            type,
            run!,
            init,
            CreatorOf(type, init),
            attribute.FailureExceptionTypes,
            attribute.VersioningBehavior)
        {
            Signals = handlers.Signals,
            DynamicSignal = handlers.DynamicSignal,
            Queries = handlers.Queries,
            DynamicQuery = handlers.DynamicQuery,
            Updates = handlers.Updates,
            DynamicUpdate = handlers.DynamicUpdate,
        };
    }

    public static string DefaultName(Type type)
    {
        var name = type.Name;
        // The name of a generic type ends in `1 and the like.
        var tick = name.IndexOf('`');
        name = tick < 0 ? name : name[..tick];
        return type.IsInterface && name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name[1..] : name;
    }

    private static void CheckType(Type type, WorkflowAttribute? attribute, List<string> problems)
    {
        if (attribute == null)
        {
            problems.Add("has no [Workflow].");
            return;
        }

        if (attribute is { Dynamic: true, Name: not null })
        {
            problems.Add("a dynamic workflow cannot have a name.");
        }

        if (HandlerNames.IsReserved(attribute.Name ?? type.Name))
        {
            problems.Add($"names that begin with {HandlerNames.ReservedPrefix} are reserved.");
        }

        if (type.ContainsGenericParameters)
        {
            problems.Add("has open generic parameters.");
        }
    }

    private static MethodInfo? FindRun(Type type, WorkflowAttribute? attribute, List<string> problems)
    {
        var runs = type.GetMethods(Everything).Where(m => m.IsDefined(typeof(WorkflowRunAttribute), inherit: false)).ToList();
        foreach (var inherited in runs.Where(m => m.DeclaringType != type))
        {
            problems.Add($"[WorkflowRun] on {DefinitionProblems.Of(inherited)} must be declared on {type.Name} itself; override it there with the attribute.");
        }

        var own = runs.Where(m => m.DeclaringType == type).ToList();
        if (own.Count != 1)
        {
            problems.Add(own.Count == 0
                ? "has no method with [WorkflowRun]."
                : $"has {own.Count} methods with [WorkflowRun] ({string.Join(", ", own.Select(m => m.Name))}); exactly one is allowed.");
            return null;
        }

        var run = own[0];
        if (!run.IsPublic || run.IsStatic || run.ContainsGenericParameters)
        {
            problems.Add($"[WorkflowRun] method {run.Name} must be public and neither static nor generic.");
        }

        if (DefinitionProblems.HasByReference(run))
        {
            problems.Add($"parameters of [WorkflowRun] method {run.Name} cannot be ref, in or out.");
        }

        if (!typeof(Task).IsAssignableFrom(run.ReturnType))
        {
            problems.Add($"[WorkflowRun] method {run.Name} must return Task or Task<T>.");
        }

        if (attribute is { Dynamic: true } && !run.GetParameters().Select(p => p.ParameterType).SequenceEqual([typeof(IRawValue[])]))
        {
            problems.Add($"[WorkflowRun] method {run.Name} of a dynamic workflow must take (IRawValue[]).");
        }

        return run;
    }

    private static ConstructorInfo? FindInit(Type type, MethodInfo? run, List<string> problems)
    {
        if (type.IsInterface)
        {
            return null;
        }

        var inits = type.GetConstructors(Everything).Where(c => c.IsDefined(typeof(WorkflowInitAttribute), inherit: false)).ToList();
        if (inits.Count > 1)
        {
            problems.Add("has several constructors with [WorkflowInit]; one is allowed.");
            return null;
        }

        if (inits.Count == 0)
        {
            if (!type.IsAbstract && type.GetConstructor(Type.EmptyTypes) == null)
            {
                problems.Add("needs a public constructor without parameters, or one with [WorkflowInit].");
            }

            return null;
        }

        var init = inits[0];
        if (!init.IsPublic)
        {
            problems.Add("its [WorkflowInit] constructor must be public.");
        }

        if (run != null && !init.GetParameters().Select(p => p.ParameterType).SequenceEqual(run.GetParameters().Select(p => p.ParameterType)))
        {
            problems.Add($"its [WorkflowInit] constructor must take the same parameters as {run.Name}.");
        }

        return init;
    }

    private static Func<object?[], object>? CreatorOf(Type type, ConstructorInfo? init)
    {
        if (type.IsAbstract)
        {
            return null;
        }

        var constructor = init ?? type.GetConstructor(Type.EmptyTypes)!;
        return arguments => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, init == null ? [] : arguments, null);
    }
}
