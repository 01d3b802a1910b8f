namespace Orchestrator.Tests.Cli;

/// <summary>A plan whose steps name <c>s.sql</c> and its undo <c>u.sql</c>, as they lie in a folder.</summary>
internal static class PlanFiles
{
    public static async Task WriteAsync(string folder, string yaml, string script, string undo)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "s.sql"), script);
        await File.WriteAllTextAsync(Path.Combine(folder, "u.sql"), undo);
        await File.WriteAllTextAsync(Path.Combine(folder, "plan.yaml"), yaml);
    }
}
