using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>New options for pending activities, by the older request and by the one that replaces it.</summary>
internal sealed class ActivityOptionsRpc(NamespaceRegistry namespaces, Executions executions)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<UpdateActivityOptionsRequest, UpdateActivityOptionsResponse>("UpdateActivityOptions", UpdateAsync);
        workflow.Add<UpdateActivityExecutionOptionsRequest, UpdateActivityExecutionOptionsResponse>("UpdateActivityExecutionOptions", UpdateAsync);
    }

    private async Task<UpdateActivityOptionsResponse> UpdateAsync(UpdateActivityOptionsRequest request, GrpcCall call)
    {
        var order = new OptionsOrder(request.ActivityOptions, request.UpdateMask, request.RestoreOriginal);
        var choice = new ActivityChoice(request.Id, request.Type, request.MatchAll);
        return new() { ActivityOptions = await ApplyAsync(request.Namespace, request.Execution, choice, order) };
    }

    private async Task<UpdateActivityExecutionOptionsResponse> UpdateAsync(UpdateActivityExecutionOptionsRequest request, GrpcCall call)
    {
        if (!request.RestoreOriginal && request.UpdateMask is { Paths.Count: 0 })
        {
            // The older request changes nothing then, and says nothing of it.
            throw Fields.Invalid("UpdateMask names no option.");
        }

        var order = new OptionsOrder(request.ActivityOptions, request.UpdateMask, request.RestoreOriginal);
        var choice = new ActivityChoice(request.ActivityId, "", IsAll: false);
        var execution = ActivityChoice.ExecutionOf(request.WorkflowId, request.RunId);
        return new() { ActivityOptions = await ApplyAsync(request.Namespace, execution, choice, order) };
    }

    /// <returns>The options of the last one of those that were meant.</returns>
    private async Task<ActivityOptions> ApplyAsync(string namespaceName, WorkflowExecution execution, ActivityChoice choice, OptionsOrder order)
    {
        var target = namespaces.Get(namespaceName);
        choice.Check();
        order.Check();
        try
        {
            return await executions.ChangeAsync(
                Executions.Key(target.Id, execution),
                step =>
                {
                    RunRefusals.RequireOpen(step.State);
                    return choice.Find(step.State).ConvertAll(activity => order.Apply(step, activity))[^1];
                },
                CancellationToken.None);
        }
        catch (WorkflowTaskRefusal refusal)
        {
            throw Fields.Invalid(refusal.Message);
        }
    }

    private sealed record OptionsOrder(ActivityOptions? Given, FieldMask? Mask, bool IsRestore)
    {
        public void Check()
        {
            if (IsRestore && Mask is { Paths.Count: > 0 })
            {
                throw Fields.Invalid("Options are either changed or restored: UpdateMask and RestoreOriginal are both set.");
            }

            if (!IsRestore && (Given is null || Mask is null))
            {
                throw Fields.Invalid("ActivityOptions or UpdateMask is not set on request.");
            }
        }

        public ActivityOptions Apply(Transition step, ActivityState activity) =>
            IsRestore ? ActivityOptionChanges.Restore(step, activity) : ActivityOptionChanges.Change(step, activity, Given!, Mask!);
    }
}
