using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Pause, unpause and reset of activities, by the older requests and by those that replace them.</summary>
internal sealed class ActivityOperationRpc(NamespaceRegistry namespaces, Executions executions, TimeProvider time)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<PauseActivityRequest, PauseActivityResponse>("PauseActivity", PauseAsync);
        workflow.Add<UnpauseActivityRequest, UnpauseActivityResponse>("UnpauseActivity", UnpauseAsync);
        workflow.Add<ResetActivityRequest, ResetActivityResponse>("ResetActivity", ResetAsync);
        workflow.Add<PauseActivityExecutionRequest, PauseActivityExecutionResponse>("PauseActivityExecution", PauseAsync);
        workflow.Add<UnpauseActivityExecutionRequest, UnpauseActivityExecutionResponse>("UnpauseActivityExecution", UnpauseAsync);
        workflow.Add<ResetActivityExecutionRequest, ResetActivityExecutionResponse>("ResetActivityExecution", ResetAsync);
    }

    private async Task<PauseActivityExecutionResponse> PauseAsync(PauseActivityExecutionRequest request, GrpcCall call)
    {
        var pause = new ActivityPause(time.GetUtcNow(), request.Identity, request.Reason);
        await ApplyAsync(
            request.Namespace,
            ActivityChoice.ExecutionOf(request.WorkflowId, request.RunId),
            new ActivityChoice(request.ActivityId, "", IsAll: false),
            (_, activity) => ActivityOperations.Pause(activity, pause));
        return new PauseActivityExecutionResponse();
    }

    private async Task<UnpauseActivityExecutionResponse> UnpauseAsync(UnpauseActivityExecutionRequest request, GrpcCall call)
    {
        var unpause = new ActivityUnpause(false, false, Jittered(request.Jitter));
        await ApplyAsync(
            request.Namespace,
            ActivityChoice.ExecutionOf(request.WorkflowId, request.RunId),
            new ActivityChoice(request.ActivityId, "", IsAll: false),
            (step, activity) => ActivityOperations.Unpause(step, activity, unpause));
        return new UnpauseActivityExecutionResponse();
    }

    private async Task<ResetActivityExecutionResponse> ResetAsync(ResetActivityExecutionRequest request, GrpcCall call)
    {
        var reset = new ActivityResetRequest(request.ResetHeartbeat, request.KeepPaused, Jittered(request.Jitter)) { RestoreOptions = request.RestoreOriginalOptions };
        await ApplyAsync(
            request.Namespace,
            ActivityChoice.ExecutionOf(request.WorkflowId, request.RunId),
            new ActivityChoice(request.ActivityId, "", IsAll: false),
            (step, activity) => ActivityOperations.Reset(step, activity, reset));
        return new ResetActivityExecutionResponse();
    }

    private async Task<PauseActivityResponse> PauseAsync(PauseActivityRequest request, GrpcCall call)
    {
        var pause = new ActivityPause(time.GetUtcNow(), request.Identity, request.Reason);
        await ApplyAsync(
            request.Namespace,
            request.Execution,
            new ActivityChoice(request.Id, request.Type, IsAll: false),
            (_, activity) => ActivityOperations.Pause(activity, pause));
        return new PauseActivityResponse();
    }

    private async Task<UnpauseActivityResponse> UnpauseAsync(UnpauseActivityRequest request, GrpcCall call)
    {
        await ApplyAsync(
            request.Namespace,
            request.Execution,
            new ActivityChoice(request.Id, request.Type, request.UnpauseAll),
            (step, activity) => ActivityOperations.Unpause(
                step, activity, new ActivityUnpause(request.ResetAttempts, request.ResetHeartbeat, Jittered(request.Jitter))));
        return new UnpauseActivityResponse();
    }

    private async Task<ResetActivityResponse> ResetAsync(ResetActivityRequest request, GrpcCall call)
    {
        await ApplyAsync(
            request.Namespace,
            request.Execution,
            new ActivityChoice(request.Id, request.Type, request.MatchAll),
            (step, activity) => ActivityOperations.Reset(
                step,
                activity,
                new ActivityResetRequest(request.ResetHeartbeat, request.KeepPaused, Jittered(request.Jitter)) { RestoreOptions = request.RestoreOriginalOptions }));
        return new ResetActivityResponse();
    }

    private Task ApplyAsync(
        string namespaceName, WorkflowExecution execution, ActivityChoice choice, Action<Transition, ActivityState> act)
    {
        var target = namespaces.Get(namespaceName);
        choice.Check();
        return executions.ChangeAsync(
            Executions.Key(target.Id, execution),
            step =>
            {
                RunRefusals.RequireOpen(step.State);
                foreach (var activity in choice.Find(step.State))
                {
                    act(step, activity);
                }
            },
            CancellationToken.None);
    }

    /// <summary>Spreads activities that are let go together; nothing depends on where each comes to stand.</summary>
    private static TimeSpan Jittered(Duration? jitter)
    {
        Fields.Timeout(jitter, "Jitter");
        return jitter is null ? TimeSpan.Zero : jitter.ToTimeSpan() * Random.Shared.NextDouble();
    }
}
