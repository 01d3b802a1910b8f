using Orchestrator.Tests.Support;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>What history says of workflow tasks that failed.</summary>
internal static class TaskFailure
{
    public static async Task<Failure> FirstAsync(WorkflowHandle handle)
    {
        var failures = await Eventually.SomeAsync<HistoryEvent>(async () =>
            [.. (await handle.FetchHistoryAsync()).Events.Where(e => e.WorkflowTaskFailedEventAttributes != null)]);
        return failures[0].WorkflowTaskFailedEventAttributes.Failure;
    }
}
