using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A workflow as the server describes it when asked for this one.</summary>
public class WorkflowExecutionDescription : WorkflowExecution
{
    private WorkflowExecutionDescription(DescribeWorkflowExecutionResponse rawDescription, DataConverter dataConverter)
        : base(rawDescription.WorkflowExecutionInfo, dataConverter) => RawDescription = rawDescription;

    /// <summary>One line of Markdown for user interfaces.</summary>
    public string? StaticSummary { get; private init; }

    /// <summary>Markdown for user interfaces.</summary>
    public string? StaticDetails { get; private init; }

    /// <summary>All that the server said: pending activities, children, the running task.</summary>
    public DescribeWorkflowExecutionResponse RawDescription { get; }

    internal static async Task<WorkflowExecutionDescription> FromProtoAsync(
        DescribeWorkflowExecutionResponse raw, DataConverter converter)
    {
        var metadata = raw.ExecutionConfig?.UserMetadata;
        return new(raw, converter)
        {
            StaticSummary = await converter.ToTextAsync(metadata?.Summary),
            StaticDetails = await converter.ToTextAsync(metadata?.Details),
        };
    }
}
