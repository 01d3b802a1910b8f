using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Notices;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Activities.Reports;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows;
using Temporalio.Client;
using Temporalio.Worker;

namespace Orchestrator.Worker;

/// <summary>Every workflow and every activity, on one task queue.</summary>
internal sealed class MigrationWorker(
    WorkerSettings settings,
    ITemporalClient client,
    LedgerActivities ledger,
    CheckActivities checks,
    ScriptActivities scripts,
    TransferActivities transfers,
    NoticeActivities notices,
    OwnUndoActivities ownUndo,
    ReportActivities reports,
    ActivityWatch watch,
    RehearsalActivities rehearsals,
    ILogger<MigrationWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var worker = new TemporalWorker(client, Options());
        logger.LogInformation("Worker polls {TaskQueue} in {Namespace}", settings.TaskQueue, client.Options.Namespace);
        try
        {
            await worker.ExecuteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("Worker stopped polling {TaskQueue}", settings.TaskQueue);
        }
    }

    private TemporalWorkerOptions Options() => new TemporalWorkerOptions(settings.TaskQueue)
    {
        MaxConcurrentActivities = settings.Activities,
        Interceptors = [watch],
        GracefulShutdownTimeout = settings.GracefulShutdown,
        // Heartbeats carry the progress that people watch; the default would show it to them twice a minute.
        MaxHeartbeatThrottleInterval = TimeSpan.FromSeconds(1),
        DefaultHeartbeatThrottleInterval = TimeSpan.FromSeconds(1),
    }
        .AddWorkflow<ProgramWorkflow>()
        .AddWorkflow<BatchWorkflow>()
        .AddWorkflow<TransferWorkflow>()
        .AddWorkflow<RehearsalWorkflow>()
        .AddAllActivities(ledger)
        .AddAllActivities(checks)
        .AddAllActivities(scripts)
        .AddAllActivities(transfers)
        .AddAllActivities(notices)
        .AddAllActivities(ownUndo)
        .AddAllActivities(reports)
        .AddAllActivities(rehearsals);
}
