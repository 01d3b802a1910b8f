using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>The search attributes of a workflow's commands, checked and typed before the engine sees them: it knows no namespaces.</summary>
internal static class CommandAttributes
{
    public static void Check(IEnumerable<Command> commands, Namespace target)
    {
        foreach (var command in commands)
        {
            var (attributes, cause) = Of(command);
            if (AttributeCheck.Problem(attributes, target.Attributes, target.Name) is { } problem)
            {
                throw new WorkflowTaskRefusal(cause, problem);
            }

            if (attributes is not null)
            {
                target.Attributes.AddTypes(attributes);
            }
        }
    }

    private static (SearchAttributes? Attributes, WorkflowTaskFailedCause Cause) Of(Command command) => command.CommandType switch
    {
        CommandType.UpsertWorkflowSearchAttributes =>
            (command.UpsertWorkflowSearchAttributesCommandAttributes?.SearchAttributes, WorkflowTaskFailedCause.BadSearchAttributes),
        CommandType.ContinueAsNewWorkflowExecution =>
            (command.ContinueAsNewWorkflowExecutionCommandAttributes?.SearchAttributes, WorkflowTaskFailedCause.BadContinueAsNewAttributes),
        CommandType.StartChildWorkflowExecution =>
            (command.StartChildWorkflowExecutionCommandAttributes?.SearchAttributes, WorkflowTaskFailedCause.BadStartChildExecutionAttributes),
        _ => (null, WorkflowTaskFailedCause.Unspecified),
    };
}
