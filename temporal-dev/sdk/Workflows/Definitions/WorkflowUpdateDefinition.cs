using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>An update a workflow accepts.</summary>
public class WorkflowUpdateDefinition
{
    private WorkflowUpdateDefinition(
        string? name, HandlerMethod method, HandlerMethod? validator, string? description, HandlerUnfinishedPolicy unfinishedPolicy)
    {
        Name = name;
        Method = method;
        Validator = validator;
        Description = description;
        UnfinishedPolicy = unfinishedPolicy;
    }

    /// <summary>Null for the dynamic handler.</summary>
    public string? Name { get; }

    public string? Description { get; }

    public bool Dynamic => Name == null;

    public HandlerUnfinishedPolicy UnfinishedPolicy { get; }

    internal HandlerMethod Method { get; }

    internal HandlerMethod? Validator { get; }

    public static WorkflowUpdateDefinition FromMethod(MethodInfo method, MethodInfo? validatorMethod = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        DefinitionProblems.ThrowIfAny(UpdateProblems(method, validatorMethod));
        var attribute = HandlerNames.Attribute<WorkflowUpdateAttribute>(method, "an update");
        return new(
            attribute.Dynamic ? null : NameOf(method),
            new(method),
            validatorMethod == null ? null : new(validatorMethod),
            attribute.Description,
            attribute.UnfinishedPolicy);
    }

    /// <param name="name">Null makes the handler dynamic.</param>
    public static WorkflowUpdateDefinition CreateWithoutAttribute(
        string? name,
        Delegate del,
        Delegate? validatorDel = null,
        string? description = null,
        HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon)
    {
        ArgumentNullException.ThrowIfNull(del);
        var method = new HandlerMethod(del);
        var validator = validatorDel == null ? null : new HandlerMethod(validatorDel);
        DefinitionProblems.ThrowIfAny(HandlerRules.OfUpdate($"Update {name ?? "(dynamic)"}", name, method, validator));
        return new(name, method, validator, description, unfinishedPolicy);
    }

    internal static string NameOf(MethodInfo method)
    {
        var attribute = HandlerNames.Attribute<WorkflowUpdateAttribute>(method, "an update");
        return attribute.Dynamic
            ? throw new ArgumentException($"{method.Name} is a dynamic update handler: it cannot be called by expression, only by name.")
            : attribute.Name ?? HandlerNames.WithoutAsync(method);
    }

    internal static IEnumerable<string> UpdateProblems(MethodInfo method, MethodInfo? validator)
    {
        var attribute = HandlerNames.Attribute<WorkflowUpdateAttribute>(method, "an update");
        return HandlerRules.OfMethod(method, "WorkflowUpdate", attribute.Name, attribute.Dynamic)
            .Concat(HandlerRules.OfUpdate(
                DefinitionProblems.Of(method),
                attribute.Dynamic ? null : NameOf(method),
                new(method),
                validator == null ? null : new(validator)));
    }
}
