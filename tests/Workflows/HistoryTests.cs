using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace Orchestrator.Tests.Workflows;

/// <summary>Programs that run now will be continued by the next build: it must do for a recorded history what was done then.</summary>
public sealed class HistoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_workflows_of_today_do_what_the_recorded_ones_did()
    {
        var histories = HistoryFolder.Names.Select(HistoryFolder.Read).ToList();

        var results = await Replayer().ReplayWorkflowsAsync(histories).WaitAsync(Patience);

        var changed = HistoryFolder.Names.Zip(results).Where(r => r.Second.ReplayFailure is not null).Select(r => $"{r.First}: {r.Second.ReplayFailure!.Message}");
        Assert.Empty(changed);
        Assert.Equal(
            ["BatchWorkflow", "ProgramWorkflow", "RehearsalWorkflow", "TransferWorkflow"],
            histories.Select(h => h.Events.First().WorkflowExecutionStartedEventAttributes.WorkflowType.Name).Distinct().Order());
    }

    [Fact]
    public async Task A_history_that_went_another_way_is_noticed()
    {
        var history = HistoryFolder.Read("batch-no-go");
        var undo = history.Events.First(e => e.ActivityTaskScheduledEventAttributes?.ActivityType.Name == "Undo");
        undo.ActivityTaskScheduledEventAttributes.ActivityType.Name = "CloseBatch";

        var result = await Replayer().ReplayWorkflowAsync(history, throwOnReplayFailure: false).WaitAsync(Patience);

        Assert.IsType<WorkflowNondeterminismException>(result.ReplayFailure);
    }

    [Fact]
    public async Task A_history_that_the_core_cannot_read_ends_the_replay_with_the_core_s_own_words()
    {
        var history = HistoryFolder.Read("batch-no-go");
        history.Events.First().WorkflowExecutionStartedEventAttributes.TaskQueue = null;
        var options = new WorkflowReplayerOptions { Core = CoreProcess.Apart(endsWhenItPanics: true) }.AddWorkflow<BatchWorkflow>();

        var error = await Assert.ThrowsAsync<BridgeException>(
            () => new WorkflowReplayer(options).ReplayWorkflowAsync(history, throwOnReplayFailure: false).WaitAsync(Patience));

        Assert.StartsWith("Temporal's core panicked (", error.Message);
    }

    [Fact]
    public void Every_recorded_run_came_to_its_end_and_stayed_short() => Assert.All(HistoryFolder.Names, name =>
    {
        var events = HistoryFolder.Read(name).Events;
        Assert.Equal((name, EventType.WorkflowExecutionCompleted), (name, events.Last().EventType));
        Assert.InRange(events.Count, 5, 400);
    });

    /// <summary><c>RECORD_HISTORIES=1</c> plays every scene on a real service and writes the files anew; without it, nothing happens.</summary>
    [RecordingFact]
    public async Task Record_the_histories_anew()
    {
        var stage = new Stage();
        await stage.InitializeAsync();
        try
        {
            foreach (var (name, run) in await new HistoryScenes(stage).PlayAsync())
            {
                HistoryFolder.Write(name, await run.FetchHistoryAsync());
            }
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private static WorkflowReplayer Replayer() => new(new WorkflowReplayerOptions()
        .AddWorkflow<ProgramWorkflow>()
        .AddWorkflow<BatchWorkflow>()
        .AddWorkflow<TransferWorkflow>()
        .AddWorkflow<RehearsalWorkflow>());

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class RecordingFactAttribute : FactAttribute
    {
        public RecordingFactAttribute() =>
            Skip = Environment.GetEnvironmentVariable("RECORD_HISTORIES") == "1" ? null : "RECORD_HISTORIES=1 records them.";
    }
}
