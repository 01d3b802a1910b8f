using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class ContinueAsNewTests
{
    [LiveTheory]
    [BothCachings]
    public async Task A_workflow_goes_on_in_a_new_run_with_what_it_hands_over(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Relay>(), async queue =>
        {
            var options = queue.New();
            options.Memo = new Dictionary<string, object> { ["team"] = "red" };
            options.RetryPolicy = new RetryPolicy { MaximumAttempts = 7 };
            var first = await queue.Client.StartWorkflowAsync((Relay w) => w.RunAsync(3, ""), options);

            Assert.Equal("red red blue ", await first.GetResultAsync());

            var moved = await Assert.ThrowsAsync<WorkflowContinuedAsNewException>(() => first.GetResultAsync(followRuns: false));
            var second = queue.Client.GetWorkflowHandle<Relay>(first.Id, moved.NewRunId);
            var start = (await second.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
            Assert.Equal(first.FirstExecutionRunId, start.ContinuedExecutionRunId);
            Assert.Equal(first.FirstExecutionRunId, start.FirstExecutionRunId);
            Assert.Equal(ContinueAsNewInitiator.Workflow, start.Initiator);
            Assert.Equal(TimeSpan.FromSeconds(40), start.WorkflowRunTimeout.ToTimeSpan());
            Assert.Equal(7, start.RetryPolicy.MaximumAttempts);
        });

    [LiveTheory]
    [BothCachings]
    public async Task Continuing_is_suggested_when_history_has_become_large(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Growing>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Growing w) => w.RunAsync(), queue.NewWithoutComparison());

            // Nine of half a mebibyte are more than the four mebibytes at which a server suggests it.
            for (var i = 0; i < 9; i++)
            {
                await handle.SignalAsync(w => w.AddAsync(new string('x', 512 * 1024)));
            }

            var size = await handle.GetResultAsync();
            Assert.InRange(size, 4 * 1024 * 1024, 6 * 1024 * 1024);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_workflow_that_ends_while_a_handler_runs_continues_without_it(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Hasty>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Hasty w) => w.RunAsync(false), queue.New());
            await handle.SignalAsync(w => w.GoAsync());

            Assert.Equal("second run", await handle.GetResultAsync());
        });

    [Workflow]
    public sealed class Relay
    {
        [WorkflowRun]
        public async Task<string> RunAsync(int legs, string seen)
        {
            seen += Workflow.PayloadConverter.ToValue<string>(Workflow.Memo["team"].Payload) + " ";
            await Workflow.DelayAsync(1);
            return legs switch
            {
                3 => throw Workflow.CreateContinueAsNewException((Relay w) => w.RunAsync(2, seen), new() { RunTimeout = TimeSpan.FromSeconds(40) }),
                2 => throw Workflow.CreateContinueAsNewException(
                    nameof(Relay), [1, seen], new() { Memo = new Dictionary<string, object> { ["team"] = "blue" } }),
                _ => seen,
            };
        }
    }

    [Workflow]
    public sealed class Growing
    {
        private int _received;

        [WorkflowRun]
        public async Task<int> RunAsync()
        {
            // The timers make tasks: what arrives while one is under way is not counted in it.
            while (!await Workflow.WaitConditionAsync(() => Workflow.ContinueAsNewSuggested, TimeSpan.FromMilliseconds(100)))
            {
            }

            return Math.Max(_received, Workflow.CurrentHistorySize);
        }

        [WorkflowSignal]
        public Task AddAsync(string what)
        {
            _received += what.Length;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public sealed class Hasty
    {
        private bool _go;

        [WorkflowRun]
        public async Task<string> RunAsync(bool second)
        {
            if (second)
            {
                return "second run";
            }

            await Workflow.WaitConditionAsync(() => _go);
            throw Workflow.CreateContinueAsNewException((Hasty w) => w.RunAsync(true));
        }

        [WorkflowSignal(UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)]
        public async Task GoAsync()
        {
            _go = true;
            await Workflow.DelayAsync(TimeSpan.FromHours(1));
        }
    }
}
