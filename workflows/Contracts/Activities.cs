using Orchestrator.Workflows.Gates;
using Temporalio.Activities;

namespace Orchestrator.Workflows.Contracts;

// The wall: workflows see these names, and nothing of what stands behind them.

public interface ILedgerActivities
{
    [Activity]
    Task<ProgramOutline> OpenRunAsync(RunReference run);

    [Activity]
    Task<BatchOutline> OpenBatchAsync(BatchReference batch);

    [Activity]
    Task RecordDecisionAsync(DecisionRecord decision);

    [Activity]
    Task RecordSteeringAsync(SteeringRecord steering);

    /// <summary>Refuses a script that is dangerous where the plan has left things.</summary>
    [Activity]
    Task RecordCorrectionAsync(CorrectionRecord correction);

    /// <summary>Refuses where a later batch stands on this one, and keeps what is known of it before it is taken back.</summary>
    [Activity]
    Task PrepareRollbackAsync(BatchReference batch);

    [Activity]
    Task CloseBatchAsync(BatchClosing closing);

    [Activity]
    Task CloseRunAsync(RunClosing closing);
}

public interface INoticeActivities
{
    [Activity]
    Task NotifyAsync(Notice notice);
}

public interface ICheckActivities
{
    [Activity]
    Task<IReadOnlyList<CheckResult>> MeasureAsync(CheckRound round);
}

public interface IReportActivities
{
    [Activity]
    Task<IReadOnlyList<Artifact>> ReportAsync(ReportRequest request);
}

public interface IScriptActivities
{
    [Activity]
    Task<StepEffect> ApplyDdlAsync(StepReference step);

    [Activity]
    Task<StepEffect> RunSqlAsync(StepReference step);

    /// <summary>Takes a step of any kind back.</summary>
    [Activity]
    Task<StepEffect> UndoAsync(StepReference step);
}

public interface IOwnUndoActivities
{
    [Activity]
    Task<StepEffect> SeedAsync(StepReference step);

    [Activity]
    Task<StepEffect> SetFlagAsync(StepReference step);

    /// <summary>Smoke tests.</summary>
    [Activity]
    Task<StepEffect> TryOutAsync(StepReference step);
}
