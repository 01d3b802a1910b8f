using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>The server takes no value of more than two mebibytes.</summary>
public sealed class PayloadLimitTests
{
    private const int TooMuch = (2 * 1024 * 1024) + 1024;

    [LiveTheory]
    [BothCachings]
    public async Task An_activity_whose_result_is_too_large_fails_with_that_reason(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Hauling>().AddAllActivities(typeof(Loads), null), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Hauling w) => w.RunAsync(true), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<ActivityFailureException>(failed.InnerException);
            Assert.Contains("size", failed.InnerException.InnerException?.Message, StringComparison.OrdinalIgnoreCase);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_workflow_task_that_would_send_too_much_fails_and_says_so(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Hauling>().AddAllActivities(typeof(Loads), null), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Hauling w) => w.RunAsync(false), queue.New());

            var failure = await TaskFailure.FirstAsync(handle);
            await handle.TerminateAsync();

            Assert.Contains("size", failure.Message, StringComparison.OrdinalIgnoreCase);
            var task = (await handle.FetchHistoryAsync()).Events.First(e => e.WorkflowTaskFailedEventAttributes != null);
            Assert.Equal(WorkflowTaskFailedCause.PayloadsTooLarge, task.WorkflowTaskFailedEventAttributes.Cause);
        });

    public static class Loads
    {
        [Activity]
        public static string Load(string load) => load.Length > 0 ? load : new string('x', TooMuch);
    }

    [Workflow]
    public sealed class Hauling
    {
        [WorkflowRun]
        public Task<string> RunAsync(bool fromActivity)
        {
            var load = fromActivity ? "" : new string('x', TooMuch);
            return Workflow.ExecuteActivityAsync(
                () => Loads.Load(load), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { MaximumAttempts = 1 } });
        }
    }
}
