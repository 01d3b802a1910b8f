using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Updates;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using OperationCase = Temporalio.Api.WorkflowService.V1.ExecuteMultiOperationRequest.Types.Operation.OperationOneofCase;

namespace TemporalDev.Server.Rpc;

/// <summary>ExecuteMultiOperation: start a workflow unless it is there, and update it, as one.</summary>
internal sealed class MultiOperationRpc(
    NamespaceRegistry namespaces, Executions executions, UpdateDesk desk, TimeProvider time)
{
    public void Map(GrpcRoutes routes) => ServiceRoutes.Workflow(routes)
        .Add<ExecuteMultiOperationRequest, ExecuteMultiOperationResponse>("ExecuteMultiOperation", ExecuteAsync);

    private async Task<ExecuteMultiOperationResponse> ExecuteAsync(ExecuteMultiOperationRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        if (request.Operations is not [{ OperationCase: OperationCase.StartWorkflow }, { OperationCase: OperationCase.UpdateWorkflow }])
        {
            throw Fields.Invalid("Operations have to be exactly a StartWorkflow and an UpdateWorkflow, in this order.");
        }

        var start = request.Operations[0].StartWorkflow;
        var update = request.Operations[1].UpdateWorkflow;
        As(Operation.Start, () => CheckStart(start, target));
        As(Operation.Update, () => CheckUpdate(update, start));
        var deadline = LongPoll.Deadline(call, Limits.UpdatePoll);
        while (true)
        {
            var (started, known) = await BeginAsync(start, update, target);
            var status = await desk.WaitAsync(known, UpdateRequests.Stage(update), () => deadline.Left, call.CancellationToken);
            if (!status.IsAborted)
            {
                return Response(target, start, started, UpdateRequests.Response(known, status));
            }

            if (!status.HasSuccessor)
            {
                throw Failed(Operation.Update, UpdateRequests.Aborted());
            }
        }
    }

    /// <summary>Under one lock, so that no worker takes the first task of a new run before the update is with it.</summary>
    private async Task<(StartResult Start, KnownUpdate Update)> BeginAsync(
        StartWorkflowExecutionRequest start, UpdateWorkflowExecutionRequest update, Namespace target)
    {
        var spec = StartRequests.Spec(start, target, time.GetUtcNow());
        var key = new RunKey(target.Id, start.WorkflowId, "");
        using var lease = await executions.EnterAsync(key.Chain, CancellationToken.None);
        if (await lease.CurrentAsync(CancellationToken.None) is { } current
            && desk.Find(current.State, update.Request.Meta.UpdateId) is { } known)
        {
            // Asked before: the answer is that update's, whatever the policies say about starting.
            return (Starter.Existing(current.State), known);
        }

        var started = await AsAsync(
            Operation.Start, () => Starter.StartAsync(lease, spec, StartRequests.Policies(start, spec), CancellationToken.None));
        var run = await Executions.FindAsync(lease, key with { RunId = started.RunId }, CancellationToken.None);
        return (started, await AsAsync(Operation.Update, () => desk.AdmitAsync(lease, run, update.Request)));
    }

    private static void CheckStart(StartWorkflowExecutionRequest start, Namespace target)
    {
        StartRequests.Check(start, target);
        Refuse(start.Namespace.Length > 0 && start.Namespace != target.Name, "Namespace differs from that of the request.");
        Refuse(start.CronSchedule.Length > 0, "CronSchedule is not allowed together with an update.");
        Refuse(start.RequestEagerExecution, "RequestEagerExecution is not supported together with an update.");
        Refuse(start.WorkflowStartDelay is not null, "WorkflowStartDelay is not supported together with an update.");
    }

    private static void CheckUpdate(UpdateWorkflowExecutionRequest update, StartWorkflowExecutionRequest start)
    {
        UpdateRequests.Check(update);
        Refuse(update.WorkflowExecution?.WorkflowId != start.WorkflowId, "WorkflowId differs from that of the operation before.");
        Refuse(update.WorkflowExecution?.RunId.Length > 0, "RunId is not allowed together with a start.");
        Refuse(update.FirstExecutionRunId.Length > 0, "FirstExecutionRunId is not allowed together with a start.");
    }

    private static void Refuse(bool isWrong, string sentence)
    {
        if (isWrong)
        {
            throw Fields.Invalid(sentence);
        }
    }

    private static ExecuteMultiOperationResponse Response(
        Namespace target, StartWorkflowExecutionRequest start, StartResult started, UpdateWorkflowExecutionResponse update)
    {
        var response = new ExecuteMultiOperationResponse();
        response.Responses.Add(new ExecuteMultiOperationResponse.Types.Response
        {
            StartWorkflow = new()
            {
                RunId = started.RunId,
                FirstExecutionRunId = started.FirstRunId,
                Started = started.IsNew,
                Status = started.Status,
                Link = Links.Started(target.Name, start.WorkflowId, started.RunId),
            },
        });
        response.Responses.Add(new ExecuteMultiOperationResponse.Types.Response { UpdateWorkflow = update });
        return response;
    }

    private static void As(Operation operation, Action act)
    {
        try
        {
            act();
        }
        catch (GrpcException failure)
        {
            throw Failed(operation, failure);
        }
    }

    private static async Task<T> AsAsync<T>(Operation operation, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (GrpcException failure)
        {
            throw Failed(operation, failure);
        }
    }

    /// <summary>One status for each operation: why this one failed, and that the other was given up for it.</summary>
    private static GrpcException Failed(Operation failed, GrpcException why)
    {
        var statuses = new MultiOperationExecutionFailure.Types.OperationStatus[2];
        statuses[(int)failed] = new() { Code = (int)why.Code, Message = why.Message };
        statuses[(int)failed].Details.AddRange(why.Details);
        statuses[1 - (int)failed] = new() { Code = (int)GrpcStatusCode.Aborted, Message = "The operation was given up, because the other one failed." };
        statuses[1 - (int)failed].Details.Add(Any.Pack(new MultiOperationExecutionAborted()));
        var details = new MultiOperationExecutionFailure();
        details.Statuses.AddRange(statuses);
        return new GrpcException(why.Code, $"The workflow could not be started and updated: {why.Message}", details);
    }

    private enum Operation
    {
        Start,
        Update,
    }
}
