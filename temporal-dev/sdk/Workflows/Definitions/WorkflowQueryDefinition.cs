using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>A query a workflow answers.</summary>
public class WorkflowQueryDefinition
{
    private WorkflowQueryDefinition(string? name, HandlerMethod method, string? description)
    {
        Name = name;
        Method = method;
        Description = description;
    }

    /// <summary>Null for the dynamic handler.</summary>
    public string? Name { get; }

    public string? Description { get; }

    public bool Dynamic => Name == null;

    internal HandlerMethod Method { get; }

    public static WorkflowQueryDefinition FromMethod(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        DefinitionProblems.ThrowIfAny(QueryProblems(method));
        var attribute = HandlerNames.Attribute<WorkflowQueryAttribute>(method, "a query");
        return new(attribute.Dynamic ? null : NameOf(method), new(method), attribute.Description);
    }

    public static WorkflowQueryDefinition FromProperty(PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        DefinitionProblems.ThrowIfAny(PropertyProblems(property));
        var attribute = property.GetCustomAttribute<WorkflowQueryAttribute>(inherit: false)!;
        return new(attribute.Name ?? property.Name, new(property.GetMethod!), attribute.Description);
    }

    /// <param name="name">Null makes the handler dynamic.</param>
    public static WorkflowQueryDefinition CreateWithoutAttribute(string? name, Delegate del, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(del);
        var method = new HandlerMethod(del);
        DefinitionProblems.ThrowIfAny(HandlerRules.OfQuery($"Query {name ?? "(dynamic)"}", name, method));
        return new(name, method, description);
    }

    internal static string NameOf(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<WorkflowQueryAttribute>(method, "a query");
        return attribute.Dynamic
            ? throw new ArgumentException($"{method.Name} is a dynamic query handler: it cannot be called by expression, only by name.")
            : attribute.Name ?? method.Name;
    }

    internal static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<WorkflowQueryAttribute>(inherit: false) is { } attribute
            ? attribute.Name ?? property.Name
            : throw new ArgumentException($"{property.DeclaringType?.Name}.{property.Name} is called as a query but has no [WorkflowQuery].");

    internal static IEnumerable<string> QueryProblems(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<WorkflowQueryAttribute>(method, "a query");
        return HandlerRules.OfMethod(method, "WorkflowQuery", attribute.Name, attribute.Dynamic)
            .Concat(HandlerRules.OfQuery(DefinitionProblems.Of(method), attribute.Dynamic ? null : NameOf(method), new(method)));
    }

    internal static IEnumerable<string> PropertyProblems(PropertyInfo property)
    {
        var where = $"{property.DeclaringType?.Name}.{property.Name}";
        if (property.GetCustomAttribute<WorkflowQueryAttribute>(inherit: false) is not { } attribute)
        {
            yield return $"{where} has no [WorkflowQuery].";
            yield break;
        }

        if (attribute.Dynamic)
        {
            yield return $"{where}: a [WorkflowQuery] property cannot be dynamic; make it a method that takes (string, IRawValue[]).";
        }

        if (property.GetMethod is not { IsPublic: true, IsStatic: false })
        {
            yield return $"{where}: a [WorkflowQuery] property needs a public getter and cannot be static.";
        }

        if (HandlerNames.IsReserved(attribute.Name ?? property.Name))
        {
            yield return $"{where}: names that begin with {HandlerNames.ReservedPrefix} are reserved.";
        }
    }
}
