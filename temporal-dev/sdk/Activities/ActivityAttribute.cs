namespace Temporalio.Activities;

/// <summary>Marks a method that a workflow may schedule.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ActivityAttribute : Attribute
{
    public ActivityAttribute()
    {
    }

    public ActivityAttribute(string name) => Name = name;

    /// <summary>Defaults to the method's name, without Async where it returns a task.</summary>
    public string? Name { get; }

    /// <summary>A dynamic activity runs for every type name that no other activity is registered for.</summary>
    public bool Dynamic { get; set; }
}
