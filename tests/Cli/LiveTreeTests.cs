using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Tests.Cli;

public sealed class LiveTreeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_drawn_again_until_a_line_or_the_terminal_s_size_changes()
    {
        var output = new StringWriter();
        var size = (80, 24);
        var screen = new TreeScreen(output, () => size);
        screen.Show(["one", "two"]);
        var drawn = output.ToString();

        screen.Show(["one", "two"]);
        Assert.Equal(drawn, output.ToString());

        size = (60, 24);
        screen.Show(["one", "two"]);
        Assert.Equal(2, output.ToString().Split("one").Length - 1);

        screen.Show(["one", "three"]);
        Assert.Contains("three", output.ToString());
    }

    [Fact]
    public void Figures_move_once_a_second_and_what_changes_at_once()
    {
        var tree = new LiveTree("program");

        var first = tree.Lines(Look(walked: 100), "", Start);
        Assert.Contains(first, line => line.Contains("100 of about 1,000"));
        Assert.Equal(first, tree.Lines(Look(walked: 150), "", Start.AddSeconds(0.5)));
        var moved = tree.Lines(Look(walked: 200), "", Start.AddSeconds(1));
        Assert.Contains(moved, line => line.Contains("200 of about 1,000 (20 %) rows, chunk 1, 100 rows/s, 8 s left"));

        Assert.Contains(tree.Lines(Look(walked: 210, paused: true), "", Start.AddSeconds(1.2)), line => line.Contains("paused"));
    }

    [Fact]
    public void The_last_line_tells_since_when_it_has_been_like_that()
    {
        var tree = new LiveTree("program");

        var silent = tree.Lines(null, "Ctrl-C leaves.", Start);
        Assert.Equal(["program", $"Since {Start.LocalDateTime:HH:mm:ss}. Ctrl-C leaves."], silent);
        Assert.Equal(silent, tree.Lines(null, "Ctrl-C leaves.", Start.AddMinutes(5)));
    }

    private static ProgramLook Look(long walked, bool paused = false) => new(
        new ProgramStatus
        {
            Plan = "plan",
            Title = "A plan",
            Digest = "",
            Environment = "local",
            Paused = paused,
            Batches = [new BatchLine("one", "One", "program/one", BatchLineState.Running, null)],
        },
        [
            new BatchStatus
            {
                Batch = "one",
                Title = "One",
                Phase = BatchPhase.Steps,
                Paused = false,
                Steps = [new StepStatus("fill", "Fill", StepKind.Backfill, StepPhase.Running, 0, null)],
                Prechecks = [],
                Postchecks = [],
            },
        ],
        new TransferProgress { Rows = walked, Walked = walked, Chunks = 1, Estimate = 1_000 });
}
