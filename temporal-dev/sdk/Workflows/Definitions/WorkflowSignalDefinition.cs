using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>A signal a workflow understands.</summary>
public class WorkflowSignalDefinition
{
    private WorkflowSignalDefinition(string? name, HandlerMethod method, string? description, HandlerUnfinishedPolicy unfinishedPolicy)
    {
        Name = name;
        Method = method;
        Description = description;
        UnfinishedPolicy = unfinishedPolicy;
    }

    /// <summary>Null for the dynamic handler.</summary>
    public string? Name { get; }

    public string? Description { get; }

    public bool Dynamic => Name == null;

    public HandlerUnfinishedPolicy UnfinishedPolicy { get; }

    internal HandlerMethod Method { get; }

    public static WorkflowSignalDefinition FromMethod(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        DefinitionProblems.ThrowIfAny(SignalProblems(method));
        var attribute = HandlerNames.Attribute<WorkflowSignalAttribute>(method, "a signal");
        return new(
            attribute.Dynamic ? null : NameOf(method), new(method), attribute.Description, attribute.UnfinishedPolicy);
    }

    /// <param name="name">Null makes the handler dynamic.</param>
    public static WorkflowSignalDefinition CreateWithoutAttribute(
        string? name, Delegate del, string? description = null, HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon)
    {
        ArgumentNullException.ThrowIfNull(del);
        var method = new HandlerMethod(del);
        DefinitionProblems.ThrowIfAny(HandlerRules.OfSignal($"Signal {name ?? "(dynamic)"}", name, method));
        return new(name, method, description, unfinishedPolicy);
    }

    internal static string NameOf(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<WorkflowSignalAttribute>(method, "a signal");
        return attribute.Dynamic
            ? throw new ArgumentException($"{method.Name} is a dynamic signal handler: it cannot be called by expression, only by name.")
            : attribute.Name ?? HandlerNames.WithoutAsync(method);
    }

    internal static IEnumerable<string> SignalProblems(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<WorkflowSignalAttribute>(method, "a signal");
        return HandlerRules.OfMethod(method, "WorkflowSignal", attribute.Name, attribute.Dynamic)
            .Concat(HandlerRules.OfSignal(DefinitionProblems.Of(method), attribute.Dynamic ? null : NameOf(method), new(method)));
    }
}
