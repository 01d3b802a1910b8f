using Orchestrator.Cli;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Cli;

public sealed class RunTests
{
    [Theory]
    [InlineData(null, null, false, "Start")]
    [InlineData(WorkflowExecutionStatus.Running, null, false, "Attach")]
    [InlineData(WorkflowExecutionStatus.Running, null, true, "Attach")]
    [InlineData(WorkflowExecutionStatus.Completed, Outcome.Done, false, "AlreadyDone")]
    [InlineData(WorkflowExecutionStatus.Completed, Outcome.Done, true, "StartAgain")]
    [InlineData(WorkflowExecutionStatus.Completed, Outcome.Undone, false, "StartAgain")]
    [InlineData(WorkflowExecutionStatus.Completed, Outcome.Refused, false, "StartAgain")]
    [InlineData(WorkflowExecutionStatus.Terminated, null, false, "StartAgain")]
    [InlineData(WorkflowExecutionStatus.Failed, null, false, "StartAgain")]
    public void The_same_command_again_comes_back_to_the_same_program(WorkflowExecutionStatus? status, Outcome? outcome, bool again, string move) =>
        Assert.Equal(move, ProgramStart.Decide(status, outcome, again).ToString());

    [Theory]
    [InlineData(Outcome.Done, null, 0)]
    [InlineData(Outcome.Undone, StopCause.NoGo, 3)]
    [InlineData(Outcome.Undone, StopCause.HardStop, 3)]
    [InlineData(Outcome.Undone, StopCause.StepFailed, 1)]
    [InlineData(Outcome.Refused, StopCause.Precheck, 1)]
    [InlineData(Outcome.Failed, StopCause.NoGo, 1)]
    public void The_exit_code_says_how_it_ended(Outcome outcome, StopCause? cause, int code) =>
        Assert.Equal((ExitCode)code, RunCommand.ExitCodeOf(new ProgramOutcome(outcome, null, cause, null)));

    [Theory]
    [InlineData("go", "Go")]
    [InlineData(" GO ", "Go")]
    [InlineData("no-go", "NoGo")]
    [InlineData("no go", "NoGo")]
    [InlineData("detach", "Detach")]
    [InlineData(null, "Detach")]
    [InlineData("yes", "Unclear")]
    [InlineData("", "Unclear")]
    public void Only_a_clear_answer_is_taken(string? line, string answer) => Assert.Equal(answer, Approver.Parse(line).ToString());

    [Fact]
    public void What_happened_is_told_once_and_the_way_back_backwards()
    {
        var running = Status(BatchPhase.Steps, StepPhase.Done, StepPhase.Running);
        var undone = Status(BatchPhase.Closed, StepPhase.Undone, StepPhase.Undone) with { Reason = "ada said no-go." };

        Assert.Equal(["The batch", "One is done", "Two is running"], StatusDiff.Between(null, running).Select(e => e.Text));
        Assert.Empty(StatusDiff.Between(running, running));
        Assert.Equal(
            ["Taking back what was done. ada said no-go.", "Two is undone", "One is undone"],
            StatusDiff.Between(running, undone).Select(e => e.Text));
    }

    [Fact]
    public void The_pace_is_that_of_the_last_seconds()
    {
        var pace = new Pace();
        var start = DateTimeOffset.UnixEpoch;
        for (var second = 0; second <= 30; second++)
        {
            // Ten times as fast from the tenth second on.
            pace.See(start.AddSeconds(second), second <= 10 ? second * 100 : 1_000 + ((second - 10) * 1_000));
        }

        Assert.Equal("25 %, 1 min 3 s left, 21,000 of about 84,000 rows, 1,000 rows/s, chunk 4", pace.Describe(new TransferProgress { Rows = 21_000, Walked = 21_000, Chunks = 4, Estimate = 84_000 }));
    }

    [Fact]
    public void A_pace_needs_two_looks() =>
        Assert.Equal("0 %, 0 of about 100 rows, chunk 0", new Pace().Describe(new TransferProgress { Rows = 0, Walked = 0, Chunks = 0, Estimate = 100 }));

    [Fact]
    public void A_pipe_gets_whole_lines_and_little_of_the_progress()
    {
        var output = new StringWriter();
        var time = new ManualTime();
        var view = new TextView(output, time, terminal: false);

        view.ShowProgress("b", "Fill", "1 row");
        view.ShowProgress("b", "Fill", "2 rows");
        view.Ask("Well? ");
        view.Show(new FollowEvent(FollowKind.Batch, "b", null, null, "Title"));

        Assert.Equal(["Fill: 1 row", "Well?", "== Title"], output.ToString().Split('\n').Select(l => l.Length > 12 && l[2] == ':' ? l[9..].Trim() : l.Trim()).Where(l => l.Length > 0));
    }

    private static BatchStatus Status(BatchPhase phase, StepPhase one, StepPhase two) => new()
    {
        Batch = "batch",
        Title = "The batch",
        Phase = phase,
        Paused = false,
        Steps = [new StepStatus("one", "One", StepKind.Sql, one, 0, null), new StepStatus("two", "Two", StepKind.Sql, two, 0, null)],
        Prechecks = [],
        Postchecks = [],
    };
}
