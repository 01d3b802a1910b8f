using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;

namespace Temporalio.Client;

/// <summary>The end of a client's chain of interceptors: what is intercepted by nobody else is sent to the server.</summary>
internal sealed class ServerCalls : ClientOutboundInterceptor
{
    private readonly WorkflowStart _start;
    private readonly WorkflowCalls _workflows;
    private readonly WorkflowUpdates _updates;
    private readonly UpdateWithStart _updateWithStart;
    private readonly VisibilityCalls _visibility;
    private readonly AsyncActivityCalls _activities;
    private readonly ScheduleCalls _schedules;

    public ServerCalls(ITemporalClient client)
    {
        _start = new(client);
        _workflows = new(client);
        _updates = new(client);
        _updateWithStart = new(client, _start, _updates);
        _visibility = new(client);
        _activities = new(client);
        _schedules = new(client);
    }

    public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
        _start.StartAsync<TWorkflow, TResult>(input);

    public override Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input) => _updateWithStart.StartAsync<TUpdateResult>(input);

    public override Task SignalWorkflowAsync(SignalWorkflowInput input) => _workflows.SignalAsync(input);

    public override Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input) => _workflows.QueryAsync<TResult>(input);

    public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input) =>
        _updates.StartAsync<TResult>(input);

    public override Task<WorkflowExecutionDescription> DescribeWorkflowAsync(DescribeWorkflowInput input) =>
        _workflows.DescribeAsync(input);

    public override Task CancelWorkflowAsync(CancelWorkflowInput input) => _workflows.CancelAsync(input);

    public override Task TerminateWorkflowAsync(TerminateWorkflowInput input) => _workflows.TerminateAsync(input);

    public override Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(FetchWorkflowHistoryEventPageInput input) =>
        _workflows.FetchHistoryPageAsync(input);

    public override IAsyncEnumerable<WorkflowExecution> ListWorkflowsAsync(ListWorkflowsInput input) => _visibility.ListAsync(input);

    public override Task<WorkflowListPage> ListWorkflowsPaginatedAsync(ListWorkflowsPaginatedInput input) =>
        _visibility.ListPageAsync(input);

    public override Task<WorkflowExecutionCount> CountWorkflowsAsync(CountWorkflowsInput input) => _visibility.CountAsync(input);

    public override Task HeartbeatAsyncActivityAsync(HeartbeatAsyncActivityInput input) => _activities.HeartbeatAsync(input);

    public override Task CompleteAsyncActivityAsync(CompleteAsyncActivityInput input) => _activities.CompleteAsync(input);

    public override Task FailAsyncActivityAsync(FailAsyncActivityInput input) => _activities.FailAsync(input);

    public override Task ReportCancellationAsyncActivityAsync(ReportCancellationAsyncActivityInput input) =>
        _activities.ReportCancellationAsync(input);

    public override Task<ScheduleHandle> CreateScheduleAsync(CreateScheduleInput input) => _schedules.CreateAsync(input);

    public override IAsyncEnumerable<ScheduleListDescription> ListSchedulesAsync(ListSchedulesInput input) =>
        _schedules.ListAsync(input);

    public override Task BackfillScheduleAsync(BackfillScheduleInput input) => _schedules.BackfillAsync(input);

    public override Task DeleteScheduleAsync(DeleteScheduleInput input) => _schedules.DeleteAsync(input);

    public override Task<ScheduleDescription> DescribeScheduleAsync(DescribeScheduleInput input) => _schedules.DescribeAsync(input);

    public override Task PauseScheduleAsync(PauseScheduleInput input) => _schedules.PauseAsync(input);

    public override Task UnpauseScheduleAsync(UnpauseScheduleInput input) => _schedules.UnpauseAsync(input);

    public override Task TriggerScheduleAsync(TriggerScheduleInput input) => _schedules.TriggerAsync(input);

    public override Task UpdateScheduleAsync(UpdateScheduleInput input) => _schedules.UpdateAsync(input);
}
