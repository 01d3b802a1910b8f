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
        using var screen = new TreeScreen(output, () => size);
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
    public void The_screen_is_a_second_one_and_the_last_lines_stay_on_the_first()
    {
        var output = new StringWriter();
        using (var screen = new TreeScreen(output, () => (20, 5)))
        {
            screen.Show(["one"]);
            screen.Show(["a line that is longer than the terminal is wide"]);
        }

        Assert.StartsWith("\x1b[?2026h\x1b[?1049h", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"\x1b[?1049la line that is longer than the terminal is wide{Environment.NewLine}", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_long_is_folded_and_what_is_too_much_is_left_out_in_the_middle()
    {
        Assert.Equal(
            ["      > Fill the totals is running: 25 %, 1", "          min 3 s left, 21,000 of about", "          84,000 rows"],
            TreeRows.Fit(["      > Fill the totals is running: 25 %, 1 min 3 s left, 21,000 of about 84,000 rows"], 44, 24));
        Assert.Equal(["title", "  ... 7 more rows", "8", "9"], TreeRows.Fit(["title", .. Enumerable.Range(1, 9).Select(n => $"{n}")], 79, 4));
        Assert.Equal(4, TreeRows.Fold(new string('x', 1_000), 20).Count());
        Assert.All(TreeRows.Fold($"      {new string('x', 1_000)}", 20), row => Assert.InRange(row.Length, 1, 20));
    }

    [Fact]
    public void Figures_move_once_a_second_and_what_changes_at_once()
    {
        var tree = new LiveTree("program");

        var first = tree.Lines(Look(walked: 100), "", Start);
        Assert.Contains(first, line => line.Contains("100 of about 1,000"));
        Assert.Equal(first, tree.Lines(Look(walked: 150), "", Start.AddSeconds(0.5)));
        var moved = tree.Lines(Look(walked: 200), "", Start.AddSeconds(1));
        Assert.Contains(moved, line => line.Contains("20 %, 8 s left, 200 of about 1,000 rows, 100 rows/s, chunk 1"));

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
