using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Updates;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>UpdateWorkflowExecution, and the polls for what became of an update.</summary>
internal sealed class UpdateRpc(NamespaceRegistry namespaces, Executions executions, UpdateDesk desk)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<UpdateWorkflowExecutionRequest, UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", UpdateAsync);
        workflow.Add<PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse>("PollWorkflowExecutionUpdate", PollAsync);
    }

    private async Task<UpdateWorkflowExecutionResponse> UpdateAsync(UpdateWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        UpdateRequests.Check(request);
        var key = Executions.Key(target.Id, request.WorkflowExecution);
        var stage = UpdateRequests.Stage(request);
        var deadline = LongPoll.Deadline(call, Limits.UpdatePoll);
        while (true)
        {
            var update = await AdmitAsync(key, request);
            var status = await desk.WaitAsync(update, stage, () => deadline.Left, call.CancellationToken);
            if (!status.IsAborted)
            {
                return UpdateRequests.Response(update, status);
            }

            if (key.RunId.Length > 0 || !status.HasSuccessor)
            {
                throw UpdateRequests.Aborted();
            }

            // Whoever names no run means the workflow, and that goes on in its next run.
        }
    }

    private async Task<KnownUpdate> AdmitAsync(RunKey key, UpdateWorkflowExecutionRequest request)
    {
        using var lease = await executions.EnterAsync(key.Chain, CancellationToken.None);
        var run = await Executions.FindAsync(lease, key, CancellationToken.None);
        if (request.FirstExecutionRunId.Length > 0 && request.FirstExecutionRunId != run.State.FirstRunId)
        {
            throw RunRefusals.NoSuchRun();
        }

        return await desk.AdmitAsync(lease, run, request.Request);
    }

    private async Task<PollWorkflowExecutionUpdateResponse> PollAsync(PollWorkflowExecutionUpdateRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Id(request.UpdateRef?.UpdateId ?? "", "UpdateRef.UpdateId");
        var key = Executions.Key(target.Id, request.UpdateRef!.WorkflowExecution);
        var deadline = LongPoll.Deadline(call, Limits.UpdatePoll);
        var update = await executions.ReadAsync(key, state => desk.Find(state, request.UpdateRef.UpdateId), call.CancellationToken)
            ?? throw RunRefusals.NotFound($"The workflow has no update '{request.UpdateRef.UpdateId}'.");
        var stage = request.WaitPolicy?.LifecycleStage ?? UpdateWorkflowExecutionLifecycleStage.Unspecified;
        var status = await desk.WaitAsync(update, stage, () => deadline.Left, call.CancellationToken);
        return status.IsAborted
            ? throw UpdateRequests.Aborted()
            : new PollWorkflowExecutionUpdateResponse
            {
                Stage = status.Stage,
                Outcome = status.Outcome,
                UpdateRef = UpdateRequests.Reference(update),
            };
    }
}

/// <summary>Update requests checked, and the answers to them.</summary>
internal static class UpdateRequests
{
    /// <summary>An update without an id gets one, so that its caller can poll for it.</summary>
    public static void Check(UpdateWorkflowExecutionRequest request)
    {
        if (request.Request?.Meta is null)
        {
            throw Fields.Invalid("Request.Meta is not set on request.");
        }

        if (request.Request.Input is null)
        {
            throw Fields.Invalid("Request.Input is not set on request.");
        }

        Fields.Id(request.Request.Input.Name, "Request.Input.Name");
        Fields.Optional(request.Request.Meta.UpdateId, "Request.Meta.UpdateId");
        Fields.Blob(request.Request.Input, "Request.Input");
        if (request.Request.Meta.UpdateId.Length == 0)
        {
            request.Request.Meta.UpdateId = Guid.NewGuid().ToString();
        }

        if (request.Request.CompletionCallbacks.Count > 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "This server does not support completion callbacks.");
        }

        if (request.WaitPolicy?.LifecycleStage == UpdateWorkflowExecutionLifecycleStage.Admitted)
        {
            throw new GrpcException(
                GrpcStatusCode.PermissionDenied, "An update cannot be asked for without waiting for its acceptance.", new PermissionDeniedFailure());
        }
    }

    public static UpdateWorkflowExecutionLifecycleStage Stage(UpdateWorkflowExecutionRequest request) =>
        request.WaitPolicy is { LifecycleStage: not UpdateWorkflowExecutionLifecycleStage.Unspecified } policy
            ? policy.LifecycleStage
            : UpdateWorkflowExecutionLifecycleStage.Completed;

    public static UpdateWorkflowExecutionResponse Response(KnownUpdate update, UpdateStatus status) => new()
    {
        Stage = status.Stage,
        Outcome = status.Outcome,
        UpdateRef = Reference(update),
    };

    public static UpdateRef Reference(KnownUpdate update) => new()
    {
        UpdateId = update.UpdateId,
        WorkflowExecution = new() { WorkflowId = update.Run.WorkflowId, RunId = update.Run.RunId },
    };

    public static GrpcException Aborted() =>
        RunRefusals.NotFound("workflow execution already completed: it closed before it accepted the update");
}
