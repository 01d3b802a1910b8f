using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Marks a workflow class, or an interface through which one is called.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface, Inherited = false)]
public sealed class WorkflowAttribute : Attribute
{
    public WorkflowAttribute()
    {
    }

    public WorkflowAttribute(string name) => Name = name;

    /// <summary>Defaults to the type's name, without the leading I of an interface.</summary>
    public string? Name { get; }

    /// <summary>A dynamic workflow runs for every type name that no other workflow is registered for.</summary>
    public bool Dynamic { get; set; }

    /// <summary>Exceptions that fail the workflow instead of its current task.</summary>
    public Type[]? FailureExceptionTypes { get; set; }

    public VersioningBehavior VersioningBehavior { get; set; } = VersioningBehavior.Unspecified;
}

/// <summary>Marks the one public method that is the workflow.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowRunAttribute : Attribute
{
}

/// <summary>Marks a constructor that takes the same parameters as the run method.</summary>
[AttributeUsage(AttributeTargets.Constructor, Inherited = false)]
public sealed class WorkflowInitAttribute : Attribute
{
}

[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowSignalAttribute : Attribute
{
    public WorkflowSignalAttribute()
    {
    }

    public WorkflowSignalAttribute(string name) => Name = name;

    /// <summary>Defaults to the method's name without Async.</summary>
    public string? Name { get; }

    public string? Description { get; set; }

    public bool Dynamic { get; set; }

    public HandlerUnfinishedPolicy UnfinishedPolicy { get; set; } = HandlerUnfinishedPolicy.WarnAndAbandon;
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class WorkflowQueryAttribute : Attribute
{
    public WorkflowQueryAttribute()
    {
    }

    public WorkflowQueryAttribute(string name) => Name = name;

    /// <summary>Defaults to the name of the method or property.</summary>
    public string? Name { get; }

    public string? Description { get; set; }

    public bool Dynamic { get; set; }
}

[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateAttribute : Attribute
{
    public WorkflowUpdateAttribute()
    {
    }

    public WorkflowUpdateAttribute(string name) => Name = name;

    /// <summary>Defaults to the method's name without Async.</summary>
    public string? Name { get; }

    public string? Description { get; set; }

    public bool Dynamic { get; set; }

    public HandlerUnfinishedPolicy UnfinishedPolicy { get; set; } = HandlerUnfinishedPolicy.WarnAndAbandon;
}

/// <summary>Marks the method that may refuse an update, by throwing, before it enters history.</summary>
/// <param name="updateMethod">The name of the update's method (not of the update).</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateValidatorAttribute(string updateMethod) : Attribute
{
    public string UpdateMethod { get; } = updateMethod;
}
