using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Which family of the engine answers which command.</summary>
internal static class Commands
{
    /// <summary>Nothing may follow the command that closes the workflow. The task stays the worker's: it may answer again.</summary>
    public static void CheckOrder(IReadOnlyList<Command> commands)
    {
        for (var index = 0; index < commands.Count - 1; index++)
        {
            if (IsClose(commands[index].CommandType))
            {
                throw new GrpcException(
                    GrpcStatusCode.InvalidArgument,
                    $"{commands[index].CommandType} closes the workflow, but {commands.Count - 1 - index} commands follow it.");
            }
        }
    }

    public static void Apply(Transition step, Command command, CommandContext context)
    {
        var written = step.Events.Count;
        Dispatch(step, command, context);
        Annotate(step, command, written);
    }

    private static void Dispatch(Transition step, Command command, CommandContext context)
    {
        switch (command.CommandType)
        {
            case CommandType.ScheduleActivityTask:
                ActivityTasks.Schedule(step, command.ScheduleActivityTaskCommandAttributes, context);
                break;
            case CommandType.RequestCancelActivityTask:
                ActivityTasks.RequestCancel(step, command.RequestCancelActivityTaskCommandAttributes, context);
                break;
            case CommandType.StartTimer:
                UserTimers.Start(step, command.StartTimerCommandAttributes, context);
                break;
            case CommandType.CancelTimer:
                UserTimers.Cancel(step, command.CancelTimerCommandAttributes, context);
                break;
            case CommandType.RecordMarker:
                Properties.RecordMarker(step, command.RecordMarkerCommandAttributes, context);
                break;
            case CommandType.UpsertWorkflowSearchAttributes:
                Properties.UpsertSearchAttributes(step, command.UpsertWorkflowSearchAttributesCommandAttributes, context);
                break;
            case CommandType.ModifyWorkflowProperties:
                Properties.ModifyMemo(step, command.ModifyWorkflowPropertiesCommandAttributes, context);
                break;
            case CommandType.StartChildWorkflowExecution:
                Children.Initiate(step, command.StartChildWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.SignalExternalWorkflowExecution:
                Externals.InitiateSignal(step, command.SignalExternalWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.RequestCancelExternalWorkflowExecution:
                Externals.InitiateCancel(step, command.RequestCancelExternalWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.ProtocolMessage:
                context.Updates.Apply(step, command.ProtocolMessageCommandAttributes.MessageId);
                break;
            default:
                Close(step, command, context);
                break;
        }
    }

    private static void Close(Transition step, Command command, CommandContext context)
    {
        if (!IsClose(command.CommandType))
        {
            throw new WorkflowTaskRefusal(
                WorkflowTaskFailedCause.FeatureDisabled, $"This server does not support the command {command.CommandType}.");
        }

        if (context.HadBufferedEvents)
        {
            throw new WorkflowTaskRefusal(WorkflowTaskFailedCause.UnhandledCommand, "");
        }

        context.Updates.ApplyRest(step);
        switch (command.CommandType)
        {
            case CommandType.CompleteWorkflowExecution:
                Closing.Complete(step, command.CompleteWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.FailWorkflowExecution:
                Closing.Fail(step, command.FailWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.CancelWorkflowExecution:
                Closing.Cancel(step, command.CancelWorkflowExecutionCommandAttributes, context);
                break;
            case CommandType.ContinueAsNewWorkflowExecution:
                Closing.ContinueAsNew(step, command.ContinueAsNewWorkflowExecutionCommandAttributes, context);
                break;
        }
    }

    private static bool IsClose(CommandType type) => type is CommandType.CompleteWorkflowExecution
        or CommandType.FailWorkflowExecution or CommandType.CancelWorkflowExecution
        or CommandType.ContinueAsNewWorkflowExecution;

    /// <summary>Summaries and group markers of a command belong to the event that the command wrote first.</summary>
    private static void Annotate(Transition step, Command command, int written)
    {
        if (step.Events.Count == written)
        {
            return;
        }

        HistoryEvent first = step.Events[written];
        if (command.UserMetadata is not null)
        {
            if (command.UserMetadata.Summary?.CalculateSize() > Limits.SummaryBytes
                || command.UserMetadata.Details?.CalculateSize() > Limits.DetailsBytes)
            {
                throw new WorkflowTaskRefusal(
                    WorkflowTaskFailedCause.BadScheduleActivityAttributes, "User metadata exceeds its size limit.");
            }

            first.UserMetadata = command.UserMetadata;
        }

        first.EventGroupMarkers.AddRange(command.EventGroupMarkers);
    }
}
