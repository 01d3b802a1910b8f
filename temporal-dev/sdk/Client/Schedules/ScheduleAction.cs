using System.Linq.Expressions;
using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client.Schedules;

public abstract record ScheduleAction
{
    private protected ScheduleAction()
    {
    }
}

/// <summary>Starts a workflow. The server appends the time to the options' id.</summary>
/// <param name="Args">In a description each is an <see cref="Converters.IEncodedRawValue" />.</param>
/// <param name="Options">Without id policies, cron schedule, start signal, eager start and RPC options.</param>
public record ScheduleActionStartWorkflow(
    string Workflow,
    IReadOnlyCollection<object?> Args,
    WorkflowOptions Options,
    IReadOnlyDictionary<string, Payload>? Headers = null) : ScheduleAction
{
    public static ScheduleActionStartWorkflow Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.From(workflowRunCall);
        return Create(WorkflowDefinition.NameOf(method), args, options);
    }

    public static ScheduleActionStartWorkflow Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.From(workflowRunCall);
        return Create(WorkflowDefinition.NameOf(method), args, options);
    }

    public static ScheduleActionStartWorkflow Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) => new(workflow, args, options);
}
