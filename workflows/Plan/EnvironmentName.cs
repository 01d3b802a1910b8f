namespace Orchestrator.Workflows.Plan;

/// <summary>
/// An environment of the plan, or a rehearsal of it: <c>staging+3f2a</c> is a clone of what <c>staging</c> binds. Written as one
/// word, so that everything which is kept by environment keeps a rehearsal apart by itself.
/// </summary>
public sealed record EnvironmentName(string Name, string? Rehearsal)
{
    private const char Mark = '+';

    public bool IsRehearsal => Rehearsal is not null;

    /// <summary>A pattern of SQL's <c>like</c>; ids hold none of its special characters.</summary>
    public string AllRehearsals => $"{Name}{Mark}%";

    public static EnvironmentName Parse(string text) => text.Split(Mark, 2) switch
    {
        [var name, var rehearsal] => new EnvironmentName(name, rehearsal),
        _ => new EnvironmentName(text, null),
    };

    public override string ToString() => Rehearsal is null ? Name : $"{Name}{Mark}{Rehearsal}";
}
