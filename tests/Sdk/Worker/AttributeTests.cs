using Orchestrator.Tests.Support;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class AttributeTests
{
    private static readonly SearchAttributeKey<string> Keyword = SearchAttributeKey.CreateKeyword("CustomKeywordField");
    private static readonly SearchAttributeKey<long> Number = SearchAttributeKey.CreateLong("CustomIntField");

    [LiveTheory]
    [BothCachings]
    public async Task A_workflow_changes_its_memo_and_its_search_attributes(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Labelled>(), async queue =>
        {
            var options = queue.New();
            options.Memo = new Dictionary<string, object> { ["kept"] = "k", ["removed"] = "r" };
            options.TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(Keyword, "before").ToSearchAttributeCollection();
            var handle = await queue.Client.StartWorkflowAsync((Labelled w) => w.RunAsync(), options);

            Assert.Equal("before k:2 -> after 5 k,new:2 -> none 5", await handle.GetResultAsync());

            var described = await handle.DescribeAsync();
            Assert.Equal(["kept", "new"], described.Memo.Keys.Order());
            Assert.Equal("n", await described.Memo["new"].ToValueAsync<string>());
            await Eventually.EqualAsync(5, async () => (await handle.DescribeAsync()).TypedSearchAttributes.Get(Number));
            Assert.False((await handle.DescribeAsync()).TypedSearchAttributes.ContainsKey(Keyword));
        });

    [LiveTheory]
    [BothCachings]
    public async Task Summaries_and_details_are_in_history_for_people_to_read(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Described>().AddWorkflow<Labelled>().AddAllActivities(typeof(Hand), null), async queue =>
        {
            var options = queue.New();
            options.StaticSummary = "in short";
            options.StaticDetails = "at length";
            var handle = await queue.Client.StartWorkflowAsync((Described w) => w.RunAsync(), options);
            await handle.GetResultAsync();

            var summaries = (await handle.FetchHistoryAsync()).Events
                .Where(e => e.UserMetadata?.Summary != null)
                .Select(e => $"{e.EventType} {Payloads.ToValue<string>(e.UserMetadata.Summary)}");
            Assert.Equal(
                [
                    "WorkflowExecutionStarted in short",
                    "TimerStarted a timer",
                    "ActivityTaskScheduled an activity",
                    "TimerStarted a wait",
                    "StartChildWorkflowExecutionInitiated a child",
                ],
                summaries);
            var described = await handle.DescribeAsync();
            Assert.Equal("in short", described.StaticSummary);
            Assert.Equal("at length", described.StaticDetails);
        });

    private static IPayloadConverter Payloads => DataConverter.Default.PayloadConverter;

    public static class Hand
    {
        [Temporalio.Activities.Activity]
        public static void Wave()
        {
        }
    }

    [Workflow]
    public sealed class Labelled
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var before = $"{Read(Keyword)} {string.Join(',', Workflow.Memo.Keys.Where(key => key == "kept").Select(_ => "k"))}:{Workflow.Memo.Count}";
            Workflow.UpsertTypedSearchAttributes(Keyword.ValueSet("after"), Number.ValueSet(5));
            Workflow.UpsertMemo(MemoUpdate.ValueUnset("removed"), MemoUpdate.ValueSet("new", "n"));
            await Workflow.DelayAsync(1);
            var after = $"{Read(Keyword)} {Workflow.TypedSearchAttributes.Get(Number)} k,new:{Workflow.Memo.Count}";
            Workflow.UpsertTypedSearchAttributes(Keyword.ValueUnset());
            await Workflow.DelayAsync(1);
            return $"{before} -> {after} -> {Read(Keyword)} {Workflow.TypedSearchAttributes.Get(Number)}";
        }

        private static string Read(SearchAttributeKey<string> key) =>
            Workflow.TypedSearchAttributes.ContainsKey(key) ? Workflow.TypedSearchAttributes.Get(key) : "none";
    }

    [Workflow]
    public sealed class Described
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.DelayWithOptionsAsync(new(1, "a timer"));
            await Workflow.ExecuteActivityAsync(() => Hand.Wave(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(5), Summary = "an activity" });
            await Workflow.WaitConditionWithOptionsAsync(new(() => false, TimeSpan.FromMilliseconds(1), "a wait"));
            await Workflow.ExecuteChildWorkflowAsync((Labelled w) => w.RunAsync(), new() { StaticSummary = "a child" });
        }
    }
}
