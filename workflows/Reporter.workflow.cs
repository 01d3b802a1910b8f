using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>Has the report written that people decide on. The same measurements again need no second one.</summary>
internal sealed class Reporter(BatchReference batch, BatchBoard board)
{
    private string? _reported;

    public async Task WriteAsync()
    {
        if (EvidenceNow == _reported)
        {
            return;
        }

        var (evidence, request) = (EvidenceNow, new ReportRequest(batch.Run, batch.Batch, Workflow.UtcNow));
        board.Artifacts = await Workflow.ExecuteActivityAsync(
            (IReportActivities reports) => reports.ReportAsync(request), ActivityTimeouts.Ledger("Write the report"));
        _reported = evidence;
    }

    public void Resume(IReadOnlyList<Artifact> artifacts)
    {
        board.Artifacts = artifacts;
        _reported = EvidenceNow;
    }

    private string EvidenceNow => Evidence.DigestOf(batch, [.. board.Prechecks, .. board.Postchecks]);
}
