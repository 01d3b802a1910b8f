using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class MessageTests
{
    [LiveTheory]
    [BothCachings]
    public async Task Signals_queries_and_updates_reach_their_handlers(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(10), queue.New());

            await account.SignalAsync(w => w.PayAsync(5));
            Assert.Equal(15, await account.QueryAsync(w => w.Balance));
            Assert.Equal(12, await account.ExecuteUpdateAsync(w => w.WithdrawAsync(3)));
            Assert.Equal("balance 12", await account.QueryAsync(w => w.Describe("balance")));
            await account.SignalAsync(w => w.CloseAsync());

            Assert.Equal(12, await account.GetResultAsync());
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_rejected_update_leaves_no_trace_in_history(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

            var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => account.ExecuteUpdateAsync(w => w.WithdrawAsync(3)));
            await account.SignalAsync(w => w.CloseAsync());
            await account.GetResultAsync();

            Assert.Equal("not enough", refused.InnerException?.Message);
            var history = await account.FetchHistoryAsync();
            Assert.DoesNotContain(history.Events, e => e.EventType == EventType.WorkflowExecutionUpdateAccepted);
        });

    [LiveTheory]
    [BothCachings]
    public async Task An_update_that_fails_after_it_was_accepted_tells_its_caller_and_the_workflow_goes_on(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => account.ExecuteUpdateAsync(w => w.BreakAsync()));
            await account.SignalAsync(w => w.CloseAsync());

            Assert.Equal("broken", failed.InnerException?.Message);
            Assert.Equal(1, await account.GetResultAsync());
        });

    [LiveTheory]
    [BothCachings]
    public async Task Unknown_queries_and_updates_name_those_that_exist(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

            var query = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => account.QueryAsync<int>("Unknown", []));
            var update = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => account.ExecuteUpdateAsync<int>("Unknown", []));
            await account.SignalAsync(w => w.CloseAsync());

            Assert.Contains("Known queries: Balance, Describe", query.Message);
            Assert.Contains("Known updates: Break, Withdraw", update.InnerException?.Message);
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_query_that_asks_for_commands_is_refused_and_the_workflow_goes_on(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Meddling>(), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Meddling w) => w.RunAsync(), queue.New());

            var refused = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync(w => w.Meddle()));
            await handle.SignalAsync(w => w.EndAsync());

            Assert.Contains("may only look", refused.Message);
            await handle.GetResultAsync();
        });

    [LiveTheory]
    [BothCachings]
    public async Task Signals_wait_for_a_handler_that_is_set_later(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<LateHandlers>(), async queue =>
        {
            var options = queue.New();
            options.SignalWithStart("named", ["one"]);
            var handle = await queue.Client.StartWorkflowAsync((LateHandlers w) => w.RunAsync(), options);
            await handle.SignalAsync("other", ["two"]);
            await handle.SignalAsync("named", ["three"]);

            Assert.Equal(["dynamic other two", "named one", "named three"], (await handle.GetResultAsync()).Order(StringComparer.Ordinal));
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_signal_that_throws_a_failure_fails_the_workflow(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

            await account.SignalAsync(w => w.CrashAsync());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => account.GetResultAsync());
            Assert.Equal("crashed", failed.InnerException?.Message);
        });

    [LiveTheory]
    [BothCachings]
    public async Task Metadata_lists_the_handlers_with_their_descriptions(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Account>(), async queue =>
        {
            var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

            var metadata = await account.QueryAsync<Temporalio.Api.Sdk.V1.WorkflowMetadata>("__temporal_workflow_metadata", []);
            await account.SignalAsync(w => w.CloseAsync());

            Assert.Equal("Account", metadata.Definition.Type);
            Assert.Equal("open", metadata.CurrentDetails);
            Assert.Equal(["Close", "Crash", "Pay"], metadata.Definition.SignalDefinitions.Select(d => d.Name));
            Assert.Equal("Money in", metadata.Definition.SignalDefinitions.Single(d => d.Name == "Pay").Description);
            Assert.Equal(["Break", "Withdraw"], metadata.Definition.UpdateDefinitions.Select(d => d.Name));
        });

    [LiveTheory]
    [BothCachings]
    public async Task The_stack_trace_query_shows_where_workflow_code_waits(Caching caching) =>
        await Live.RunAsync(
            caching,
            options =>
            {
                options.WorkflowStackTrace = Temporalio.Worker.WorkflowStackTrace.Normal;
                options.AddWorkflow<Account>();
            },
            async queue =>
            {
                var account = await queue.Client.StartWorkflowAsync((Account w) => w.RunAsync(1), queue.New());

                var trace = await account.QueryAsync<string>("__stack_trace", []);
                await account.SignalAsync(w => w.CloseAsync());

                Assert.Contains("Account.RunAsync", trace);
                Assert.DoesNotContain("System.", trace);
            });

    [Workflow]
    public sealed class Account
    {
        private bool _closed;

        [WorkflowQuery]
        public int Balance { get; private set; }

        [WorkflowRun]
        public async Task<int> RunAsync(int initial)
        {
            Balance += initial;
            Workflow.CurrentDetails = "open";
            await Workflow.WaitConditionAsync(() => _closed && Workflow.AllHandlersFinished);
            return Balance;
        }

        [WorkflowSignal(Description = "Money in")]
        public async Task PayAsync(int amount)
        {
            Balance += amount;
            await Task.CompletedTask;
        }

        [WorkflowSignal]
        public Task CloseAsync()
        {
            _closed = true;
            return Task.CompletedTask;
        }

        [WorkflowSignal]
        public Task CrashAsync() => throw new ApplicationFailureException("crashed");

        [WorkflowQuery]
        public string Describe(string what) => $"{what} {Balance}";

        [WorkflowUpdate]
        public async Task<int> WithdrawAsync(int amount)
        {
            await Workflow.DelayAsync(5);
            Balance -= amount;
            return Balance;
        }

        [WorkflowUpdateValidator(nameof(WithdrawAsync))]
        public void ValidateWithdraw(int amount)
        {
            if (amount > Balance)
            {
                throw new InvalidOperationException("not enough");
            }
        }

        [WorkflowUpdate]
        public async Task BreakAsync()
        {
            await Workflow.DelayAsync(5);
            throw new ApplicationFailureException("broken");
        }
    }

    [Workflow]
    public sealed class Meddling
    {
        private bool _ended;

        [WorkflowRun]
        public async Task RunAsync() => await Workflow.WaitConditionAsync(() => _ended);

        [WorkflowSignal]
        public Task EndAsync()
        {
            _ended = true;
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public string Meddle()
        {
            _ = Workflow.ExecuteActivityAsync("Anything", [], new() { StartToCloseTimeout = TimeSpan.FromSeconds(1) });
            Workflow.UpsertMemo(MemoUpdate.ValueSet("key", "value"));
            return "done";
        }
    }

    [Workflow]
    public sealed class LateHandlers
    {
        private readonly List<string> _heard = [];

        [WorkflowRun]
        public async Task<string[]> RunAsync()
        {
            await Workflow.DelayAsync(50);
            Workflow.Signals["named"] = WorkflowSignalDefinition.CreateWithoutAttribute(
                "named",
                async (string text) =>
                {
                    _heard.Add($"named {text}");
                    await Task.CompletedTask;
                });
            Workflow.DynamicSignal = WorkflowSignalDefinition.CreateWithoutAttribute(
                null,
                async (string name, IRawValue[] args) =>
                {
                    _heard.Add($"dynamic {name} {Workflow.PayloadConverter.ToValue<string>(args[0])}");
                    await Task.CompletedTask;
                });
            await Workflow.WaitConditionAsync(() => _heard.Count == 3);
            return [.. _heard];
        }
    }
}
