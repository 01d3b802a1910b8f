using System.CommandLine;

namespace Orchestrator.Cli.Commands;

/// <summary>Options and arguments that mean the same for every verb that has them.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON, one object a line." };

    public static Option<string> Who() => new("--as")
    {
        Description = "In whose name; your user name if left out.",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Argument<string?> Program() => new("program")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A program's id, the name of its plan, or the plan's folder. Left out, it is the one that runs.",
    };

    public static Argument<string> PlanFolder() => new("plan") { Description = "The folder with plan.yaml." };

    public static Option<string?> Batch() => new("--batch", "-b") { Description = "Which batch; left out, the one that is being run." };

    public static Option<string?> Out() => new("--out", "-o") { Description = "Write to this file instead of the terminal." };
}
