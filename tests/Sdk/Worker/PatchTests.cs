using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>One workflow in the four stages of its life with a patch, each against the histories of the others.</summary>
public sealed class PatchTests
{
    private static readonly Type[] Stages = [typeof(Before), typeof(Patched), typeof(Deprecated), typeof(After)];

    [LiveTheory]
    [InlineData(nameof(Before), "old", "Before Patched")]
    [InlineData(nameof(Patched), "new", "Patched Deprecated")]
    [InlineData(nameof(Deprecated), "new", "Patched Deprecated After")]
    [InlineData(nameof(After), "new", "Deprecated After")]
    public async Task A_history_replays_on_the_stages_that_know_it(string recordedBy, string result, string replaysOn)
    {
        WorkflowHistory? history = null;
        await Live.RunAsync(Caching.On, options => options.AddWorkflow(Stage(recordedBy)), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync("Life", [], queue.New());
            Assert.Equal(result, await handle.GetResultAsync<string>());
            history = await handle.FetchHistoryAsync();
        });

        var able = new List<string>();
        foreach (var stage in Stages)
        {
            var replay = await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow(stage)).ReplayWorkflowAsync(history!, throwOnReplayFailure: false);
            Assert.True(replay.ReplayFailure is null or WorkflowNondeterminismException, replay.ReplayFailure?.Message);
            if (replay.ReplayFailure == null)
            {
                able.Add(stage.Name);
            }
        }

        Assert.Equal(replaysOn, string.Join(' ', able));
    }

    [LiveTheory]
    [BothCachings]
    public async Task The_same_patch_gives_the_same_answer_each_time_it_is_asked(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Asking>(), async queue =>
            Assert.Equal([true, true, true], await queue.Client.ExecuteWorkflowAsync((Asking w) => w.RunAsync(), queue.New())));

    private static Type Stage(string name) => Stages.Single(stage => stage.Name == name);

    // The old side waits for a timer, the new one runs a timer more, so that each can only replay its own.
    private static async Task<string> OldAsync()
    {
        await Workflow.DelayAsync(1);
        return "old";
    }

    private static async Task<string> NewAsync()
    {
        await Workflow.DelayAsync(1);
        await Workflow.DelayAsync(1);
        return "new";
    }

    [Workflow("Life")]
    public sealed class Before
    {
        [WorkflowRun]
        public Task<string> RunAsync() => OldAsync();
    }

    [Workflow("Life")]
    public sealed class Patched
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.Patched("two-timers") ? NewAsync() : OldAsync();
    }

    [Workflow("Life")]
    public sealed class Deprecated
    {
        [WorkflowRun]
        public Task<string> RunAsync()
        {
            Workflow.DeprecatePatch("two-timers");
            return NewAsync();
        }
    }

    [Workflow("Life")]
    public sealed class After
    {
        [WorkflowRun]
        public Task<string> RunAsync() => NewAsync();
    }

    [Workflow]
    public sealed class Asking
    {
        [WorkflowRun]
        public async Task<IReadOnlyList<bool>> RunAsync()
        {
            var answers = new List<bool> { Workflow.Patched("p") };
            await Workflow.DelayAsync(1);
            answers.Add(Workflow.Patched("p"));
            await Workflow.DelayAsync(1);
            answers.Add(Workflow.Patched("p"));
            return answers;
        }
    }
}
