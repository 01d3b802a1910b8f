using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A workflow as a worker runs it: its run method, its constructor and its handlers.</summary>
public class WorkflowDefinition
{
    private static readonly ConcurrentDictionary<Type, WorkflowDefinition> Known = new();

    private readonly Func<object?[], object>? _creator;

    internal WorkflowDefinition(WorkflowShape shape, Func<object?[], object>? creator)
    {
        Name = shape.Name;
        Type = shape.Type;
        RunMethod = shape.RunMethod;
        InitConstructor = shape.InitConstructor;
        Signals = shape.Signals;
        DynamicSignal = shape.DynamicSignal;
        Queries = shape.Queries;
        DynamicQuery = shape.DynamicQuery;
        Updates = shape.Updates;
        DynamicUpdate = shape.DynamicUpdate;
        FailureExceptionTypes = shape.FailureExceptionTypes;
        VersioningBehavior = shape.VersioningBehavior;
        _creator = creator ?? shape.Creator;
    }

    /// <summary>Null for the dynamic workflow.</summary>
    public string? Name { get; }

    public Type Type { get; }

    public bool Dynamic => Name == null;

    /// <summary>False for interfaces and abstract classes, which are only called through.</summary>
    public bool Instantiable => _creator != null;

    public IReadOnlyCollection<Type>? FailureExceptionTypes { get; }

    public VersioningBehavior VersioningBehavior { get; }

    internal MethodInfo RunMethod { get; }

    internal ConstructorInfo? InitConstructor { get; }

    internal IReadOnlyDictionary<string, WorkflowSignalDefinition> Signals { get; }

    internal WorkflowSignalDefinition? DynamicSignal { get; }

    internal IReadOnlyDictionary<string, WorkflowQueryDefinition> Queries { get; }

    internal WorkflowQueryDefinition? DynamicQuery { get; }

    internal IReadOnlyDictionary<string, WorkflowUpdateDefinition> Updates { get; }

    internal WorkflowUpdateDefinition? DynamicUpdate { get; }

    /// <exception cref="ArgumentException">Everything that is wrong with the type, one sentence a line.</exception>
    public static WorkflowDefinition Create<T>() => Create(typeof(T));

    /// <exception cref="ArgumentException">Everything that is wrong with the type, one sentence a line.</exception>
    public static WorkflowDefinition Create(Type type) => Known.GetOrAdd(type, static t => new(WorkflowShape.Read(t), null));

    /// <param name="nameOverride">Replaces the attribute's name.</param>
    /// <param name="instanceCreator">Called with the run method's arguments where there is a [WorkflowInit], else with none.</param>
    public static WorkflowDefinition Create(Type type, string? nameOverride, Func<object?[], object>? instanceCreator)
    {
        var shape = WorkflowShape.Read(type);
        return new(nameOverride == null ? shape : shape with { Name = nameOverride }, instanceCreator);
    }

    public object CreateWorkflowInstance(object?[] workflowArguments) =>
        _creator?.Invoke(workflowArguments) ??
        throw new InvalidOperationException($"{Type.Name} is an interface or abstract: it can be called, not run.");

    /// <summary>The workflow type that a call of this run method starts.</summary>
    internal static string NameOf(MethodInfo runMethod)
    {
        _ = HandlerNames.Attribute<WorkflowRunAttribute>(runMethod, "a workflow");
        var type = runMethod.ReflectedType ?? runMethod.DeclaringType!;
        var attribute = type.GetCustomAttribute<WorkflowAttribute>(inherit: false) ??
            throw new ArgumentException($"{type.Name} is called as a workflow but has no [Workflow].");
        return attribute.Dynamic
            ? throw new ArgumentException($"{type.Name} is a dynamic workflow: it cannot be called by expression, only by name.")
            : attribute.Name ?? WorkflowShape.DefaultName(type);
    }
}
