using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Plans;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;

namespace Orchestrator.Cli.Programs;

/// <summary>A program as Temporal lists it.</summary>
internal sealed record ProgramEntry(string Id, WorkflowExecutionStatus Status, DateTime StartedAt, DateTime? ClosedAt)
{
    public bool IsOpen => Status == WorkflowExecutionStatus.Running;

    /// <summary>The name of its plan, its environment, and the beginning of its digest.</summary>
    public string[] Parts => Id.Split('/');
}

/// <summary>Which program a person means.</summary>
internal static class ProgramFinder
{
    private const int MostListed = 200;

    /// <summary>Newest first; of those with one id, the last run.</summary>
    public static async Task<IReadOnlyList<ProgramEntry>> ListAsync(ITemporalClient client, CancellationToken cancel)
    {
        var found = new List<ProgramEntry>();
        var options = new WorkflowListOptions { Limit = MostListed, Rpc = new() { CancellationToken = cancel } };
        await foreach (var workflow in client.ListWorkflowsAsync("WorkflowType = 'ProgramWorkflow'", options))
        {
            found.Add(new ProgramEntry(workflow.Id, workflow.Status, workflow.StartTime, workflow.CloseTime));
        }

        found.Sort(static (one, other) => other.StartedAt.CompareTo(one.StartedAt));
        return [.. found.DistinctBy(p => p.Id)];
    }

    public static async Task<ProgramEntry> FindAsync(ITemporalClient client, string? named, CancellationToken cancel) =>
        Choose(await ListAsync(client, cancel), named, PlanNameOf);

    /// <param name="planNameOf">The name of the plan in a folder; null when that is none.</param>
    public static ProgramEntry Choose(IReadOnlyList<ProgramEntry> programs, string? named, Func<string, string?> planNameOf)
    {
        if (programs.FirstOrDefault(p => p.Id == named) is { } exact)
        {
            return exact;
        }

        var plan = named is null ? null : planNameOf(named) ?? named.TrimEnd('/');
        List<ProgramEntry> meant = [.. programs.Where(p => plan is null || p.Id.StartsWith(plan, StringComparison.Ordinal))];
        List<ProgramEntry> open = [.. meant.Where(p => p.IsOpen)];
        return (open, meant) switch
        {
            ([var only], _) => only,
            ([], [var newest, ..]) => newest,
            ([], []) when named is not null && programs.Count > 0 => throw new RefusedException(
                $"There is no program '{named}'. There {(programs.Count == 1 ? "is" : "are")} {Describe(programs)}."),
            ([], []) => throw new RefusedException($"There is no program{(named is null ? "" : $" '{named}'")}; 'orchestrator run PLAN' starts one."),
            _ => throw new RefusedException($"Which one? There are {Describe(open)}."),
        };
    }

    private static string Describe(IReadOnlyList<ProgramEntry> programs) => string.Join(", ", programs.Take(10).Select(p => p.Id));

    private static string? PlanNameOf(string folder) =>
        File.Exists(Path.Combine(folder, PlanFolder.FileName)) && PlanFolder.Read(folder).Plan is { } plan ? plan.Name + "/" : null;
}
