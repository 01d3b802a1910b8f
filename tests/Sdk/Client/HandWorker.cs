using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Converters;

namespace Orchestrator.Tests.Sdk.Client;

/// <summary>A worker by hand, so that the client is tested without one of ours: it answers tasks as the test says.</summary>
internal sealed class HandWorker(TemporalClient client, string taskQueue)
{
    private static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(30);

    /// <summary>Takes the next workflow task and answers it with the commands that the test makes of it.</summary>
    public async Task<PollWorkflowTaskQueueResponse> AnswerAsync(
        Func<PollWorkflowTaskQueueResponse, RespondWorkflowTaskCompletedRequest> answer)
    {
        var task = await client.WorkflowService.PollWorkflowTaskQueueAsync(
            new() { Namespace = "default", TaskQueue = new() { Name = taskQueue }, Identity = "by hand" },
            new() { Timeout = PollLimit });
        var request = answer(task);
        request.Namespace = "default";
        request.TaskToken = task.TaskToken;
        await client.WorkflowService.RespondWorkflowTaskCompletedAsync(request);
        return task;
    }

    public Task<PollWorkflowTaskQueueResponse> CommandAsync(params Command[] commands) =>
        AnswerAsync(_ => new() { Commands = { commands } });

    public async Task AnswerQueryAsync(object? result, string? error = null)
    {
        var task = await client.WorkflowService.PollWorkflowTaskQueueAsync(
            new() { Namespace = "default", TaskQueue = new() { Name = taskQueue } }, new() { Timeout = PollLimit });
        await client.WorkflowService.RespondQueryTaskCompletedAsync(new()
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            CompletedType = error is null ? QueryResultType.Answered : QueryResultType.Failed,
            QueryResult = error is null ? new() { Payloads_ = { ToPayload(result) } } : null,
            ErrorMessage = error ?? "",
        });
    }

    /// <summary>Accepts the update of the next task, and completes it when there is a result.</summary>
    public Task AnswerUpdateAsync(object? result, bool complete = true) => AnswerAsync(task =>
    {
        var message = Assert.Single(task.Messages);
        var update = message.Body.Unpack<Temporalio.Api.Update.V1.Request>();
        var accepted = new Message
        {
            Id = message.Id + "/accept",
            ProtocolInstanceId = message.ProtocolInstanceId,
            Body = Google.Protobuf.WellKnownTypes.Any.Pack(new Temporalio.Api.Update.V1.Acceptance
            {
                AcceptedRequestMessageId = message.Id,
                AcceptedRequestSequencingEventId = message.EventId,
                AcceptedRequest = update,
            }),
        };
        var answer = new RespondWorkflowTaskCompletedRequest { Messages = { accepted }, Commands = { OfMessage(accepted) } };
        if (complete)
        {
            var completed = new Message
            {
                Id = message.Id + "/complete",
                ProtocolInstanceId = message.ProtocolInstanceId,
                Body = Google.Protobuf.WellKnownTypes.Any.Pack(new Temporalio.Api.Update.V1.Response
                {
                    Meta = update.Meta,
                    Outcome = new() { Success = new() { Payloads_ = { ToPayload(result) } } },
                }),
            };
            answer.Messages.Add(completed);
            answer.Commands.Add(OfMessage(completed));
        }

        return answer;
    });

    public Task RejectUpdateAsync(string reason) => AnswerAsync(task =>
    {
        var message = Assert.Single(task.Messages);
        var rejected = new Message
        {
            Id = message.Id + "/reject",
            ProtocolInstanceId = message.ProtocolInstanceId,
            Body = Google.Protobuf.WellKnownTypes.Any.Pack(new Temporalio.Api.Update.V1.Rejection
            {
                RejectedRequestMessageId = message.Id,
                RejectedRequestSequencingEventId = message.EventId,
                RejectedRequest = message.Body.Unpack<Temporalio.Api.Update.V1.Request>(),
                Failure = new() { Message = reason, ApplicationFailureInfo = new() },
            }),
        };
        return new() { Messages = { rejected } };
    });

    public static Command Complete(object? result) => new()
    {
        CommandType = CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new() { Result = new() { Payloads_ = { ToPayload(result) } } },
    };

    public static Command Fail(string message) => new()
    {
        CommandType = CommandType.FailWorkflowExecution,
        FailWorkflowExecutionCommandAttributes = new()
        {
            Failure = new() { Message = message, ApplicationFailureInfo = new() { Type = "ByHand" } },
        },
    };

    public static Command Cancel() => new()
    {
        CommandType = CommandType.CancelWorkflowExecution,
        CancelWorkflowExecutionCommandAttributes = new(),
    };

    public static Command ScheduleActivity(string taskQueue) => new()
    {
        CommandType = CommandType.ScheduleActivityTask,
        ScheduleActivityTaskCommandAttributes = new()
        {
            ActivityId = "by-hand",
            ActivityType = new() { Name = "ByHand" },
            TaskQueue = new() { Name = taskQueue },
            StartToCloseTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
            RetryPolicy = new() { MaximumAttempts = 1 },
        },
    };

    public Command ContinueAsNew(string workflowType) => new()
    {
        CommandType = CommandType.ContinueAsNewWorkflowExecution,
        ContinueAsNewWorkflowExecutionCommandAttributes = new()
        {
            WorkflowType = new() { Name = workflowType },
            TaskQueue = new() { Name = taskQueue },
        },
    };

    public async Task<ByteString> PollActivityAsync()
    {
        var task = await client.WorkflowService.PollActivityTaskQueueAsync(
            new() { Namespace = "default", TaskQueue = new() { Name = taskQueue } }, new() { Timeout = PollLimit });
        return task.TaskToken;
    }

    private static Command OfMessage(Message message) => new()
    {
        CommandType = CommandType.ProtocolMessage,
        ProtocolMessageCommandAttributes = new() { MessageId = message.Id },
    };

    private static Temporalio.Api.Common.V1.Payload ToPayload(object? value) =>
        DataConverter.Default.PayloadConverter.ToPayload(value);
}
