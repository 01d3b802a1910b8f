using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>What clients do to a running workflow, and what they see of it.</summary>
internal sealed class WorkflowRpc(NamespaceRegistry namespaces, Executions executions)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse>("SignalWorkflowExecution", SignalAsync);
        workflow.Add<RequestCancelWorkflowExecutionRequest, RequestCancelWorkflowExecutionResponse>("RequestCancelWorkflowExecution", CancelAsync);
        workflow.Add<TerminateWorkflowExecutionRequest, TerminateWorkflowExecutionResponse>("TerminateWorkflowExecution", TerminateAsync);
        workflow.Add<DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse>("DescribeWorkflowExecution", DescribeAsync);
    }

    private async Task<SignalWorkflowExecutionResponse> SignalAsync(SignalWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Id(request.SignalName, "SignalName");
        Fields.Optional(request.RequestId, "RequestId");
        Fields.Blob(request.Input, "Input");
        var signal = new SignalRequest(request.SignalName, request.Input, request.Identity, request.Header, request.RequestId)
        {
            Links = request.Links,
        };
        var runId = await executions.ChangeAsync(
            Executions.Key(target.Id, request.WorkflowExecution),
            step =>
            {
                Signals.Signal(step, signal);
                return step.State.RunId;
            },
            CancellationToken.None);
        return new SignalWorkflowExecutionResponse
        {
            Link = Links.Signaled(target.Name, request.WorkflowExecution.WorkflowId, runId, request.RequestId),
        };
    }

    private async Task<RequestCancelWorkflowExecutionResponse> CancelAsync(RequestCancelWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var cancel = new CancelRequest(request.Reason, request.Identity, request.RequestId);
        await executions.ChangeAsync(
            Executions.Key(target.Id, request.WorkflowExecution),
            step =>
            {
                RequireChain(step.State, request.FirstExecutionRunId);
                Signals.RequestCancel(step, cancel);
            },
            CancellationToken.None);
        return new RequestCancelWorkflowExecutionResponse();
    }

    private async Task<TerminateWorkflowExecutionResponse> TerminateAsync(TerminateWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Blob(request.Details, "Details");
        await executions.ChangeAsync(
            Executions.Key(target.Id, request.WorkflowExecution),
            step =>
            {
                RequireChain(step.State, request.FirstExecutionRunId);
                Closing.Terminate(step, new TerminateRequest(
                    request.Reason is { Length: > 0 } reason ? reason : "terminated by user via frontend",
                    request.Details,
                    request.Identity is { Length: > 0 } identity ? identity : "frontend-service"));
            },
            CancellationToken.None);
        return new TerminateWorkflowExecutionResponse();
    }

    private async Task<DescribeWorkflowExecutionResponse> DescribeAsync(DescribeWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var description = await executions.ReadAsync(
            Executions.Key(target.Id, request.Execution), Descriptions.Describe, call.CancellationToken);
        var info = description.WorkflowExecutionInfo;
        info.SearchAttributes = target.Attributes.Typed(info.SearchAttributes);
        return description;
    }

    private static void RequireChain(RunState state, string firstRunId)
    {
        if (firstRunId.Length > 0 && firstRunId != state.FirstRunId)
        {
            throw RunRefusals.NoSuchRun();
        }
    }
}
