using Orchestrator.Cli.Commands;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Status;
using Temporalio.Client;

namespace Orchestrator.Cli.Programs;

/// <summary>One batch of a program, and what it says of itself.</summary>
internal sealed record FoundBatch(string WorkflowId, BatchStatus Status)
{
    public WorkflowHandle<BatchWorkflow> Handle(ITemporalClient client) => client.GetWorkflowHandle<BatchWorkflow>(WorkflowId);
}

/// <summary>Which batch of a program a person means: the one that is named, else the one that is being run.</summary>
internal static class BatchFinder
{
    public static async Task<FoundBatch> FindAsync(ITemporalClient client, string program, string? named, CancellationToken cancel)
    {
        var look = await ProgramLook.TakeAsync(client, program, null, cancel);
        return Choose(look, named);
    }

    public static FoundBatch Choose(ProgramLook look, string? named)
    {
        var lines = look.Program.Batches;
        if (named is not null && lines.All(l => l.Id != named))
        {
            throw new RefusedException($"The program has no batch '{named}'; it has {string.Join(", ", lines.Select(l => l.Id))}.");
        }

        var status = named is null ? look.Current : look.Batches.FirstOrDefault(b => b.Batch == named);
        return status is null
            ? throw new RefusedException(named is null ? "No batch of the program is being run." : $"The batch '{named}' has not begun.")
            : new FoundBatch(lines.First(l => l.Id == status.Batch).WorkflowId, status);
    }
}
