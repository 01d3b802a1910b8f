using System.Collections.Concurrent;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Testing;
using Temporalio.Worker;

namespace Orchestrator.Tests.Gates;

/// <summary>A batch at its gate on a clock that jumps: the real workflow, and activities that answer from memory.</summary>
internal sealed class ClockStage(Gate gate) : IAsyncDisposable
{
    private readonly string _queue = $"clock-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private WorkflowEnvironment _environment = null!;
    private TemporalWorker _worker = null!;
    private Task _working = Task.CompletedTask;

    public Memory Memory { get; } = new(gate);

    public WorkflowHandle<BatchWorkflow, BatchOutcome> Batch { get; private set; } = null!;

    public static async Task<ClockStage> StartAsync(Gate gate, Action<Memory>? arrange = null)
    {
        var stage = new ClockStage(gate);
        arrange?.Invoke(stage.Memory);
        stage._environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        stage._worker = new TemporalWorker(stage._environment.Client, new TemporalWorkerOptions(stage._queue).AddWorkflow<BatchWorkflow>().AddAllActivities(stage.Memory));
        stage._working = stage._worker.ExecuteAsync(stage._stop.Token);
        var input = new BatchInput { Plan = new string('0', 64), Environment = "test", Batch = "batch", Requester = "requester" };
        stage.Batch = await stage._environment.Client.StartWorkflowAsync((BatchWorkflow b) => b.RunAsync(input), new WorkflowOptions($"batch-{Guid.NewGuid()}", stage._queue));
        await Eventually.EqualAsync(BatchPhase.Gate, async () => (await stage.StatusAsync()).Phase);
        return stage;
    }

    public Task<BatchStatus> StatusAsync() => Batch.QueryAsync(b => b.Status);

    public Task PassAsync(TimeSpan time) => _environment.DelayAsync(time);

    public Task SayAsync(Answer answer, string who) => Batch.ExecuteUpdateAsync(b => b.DecideAsync(new Decision { Answer = answer, Who = who }));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _worker.Dispose();
        await _environment.DisposeAsync();
        _stop.Dispose();
    }
}

/// <summary>What the ledger, the databases and the channel would have known.</summary>
internal sealed class Memory(Gate gate) : ILedgerActivities, ICheckActivities, IReportActivities, INoticeActivities, IScriptActivities
{
    private readonly ConcurrentQueue<(TimeSpan At, NoticeKind Kind, string To)> _notices = new();
    private readonly ConcurrentQueue<TimeSpan> _looks = new();
    private DateTime? _opened;

    /// <summary>What the only check finds, so and so long after the first look.</summary>
    public Func<TimeSpan, CheckResult> Measure { get; set; } = _ => Found(Verdict.Pass, "7");

    /// <summary>Each notice with the whole hours since the gate was opened.</summary>
    public IEnumerable<string> Notices => _notices.Select(n => $"{Math.Round(n.At.TotalHours)}h {n.Kind}{n.To}");

    public IReadOnlyList<TimeSpan> Looks => [.. _looks];

    public ConcurrentQueue<string> Undone { get; } = new();

    public static CheckResult Found(Verdict verdict, string measured, Severity severity = Severity.Gate) => new()
    {
        Id = "check",
        Title = "Check",
        Severity = severity,
        Verdict = verdict,
        Rule = "= 7",
        Measured = measured,
        QueryDigest = "digest",
    };

    [Activity]
    public Task<ProgramOutline> OpenRunAsync(RunReference run) => Task.FromResult(new ProgramOutline("plan", "Plan", []));

    [Activity]
    public Task<BatchOutline> OpenBatchAsync(BatchReference batch) => Task.FromResult(
        new BatchOutline("plan", "Batch", "ada", [new StepOutline("step", "Step", StepKind.Sql)], HasPrechecks: false, HasPostchecks: true, gate) { IsNotified = true });

    [Activity]
    public Task RecordDecisionAsync(DecisionRecord decision) => Task.CompletedTask;

    [Activity]
    public Task RecordSteeringAsync(SteeringRecord steering) => Task.CompletedTask;

    [Activity]
    public Task RecordCorrectionAsync(CorrectionRecord correction) => Task.CompletedTask;

    [Activity]
    public Task PrepareRollbackAsync(BatchReference batch) => Task.CompletedTask;

    [Activity]
    public Task CloseBatchAsync(BatchClosing closing) => Task.CompletedTask;

    [Activity]
    public Task CloseRunAsync(RunClosing closing) => Task.CompletedTask;

    [Activity]
    public Task<IReadOnlyList<CheckResult>> MeasureAsync(CheckRound round)
    {
        var at = SinceOpened();
        _looks.Enqueue(at);
        return Task.FromResult<IReadOnlyList<CheckResult>>([Measure(at)]);
    }

    [Activity]
    public Task<IReadOnlyList<Artifact>> ReportAsync(ReportRequest request) => Task.FromResult<IReadOnlyList<Artifact>>([]);

    [Activity]
    public Task NotifyAsync(Notice notice)
    {
        _notices.Enqueue((SinceOpened(), notice.Kind, string.Concat(notice.Addressees.Select(a => $" {a}"))));
        return Task.CompletedTask;
    }

    [Activity]
    public Task<StepEffect> ApplyDdlAsync(StepReference step) => throw new NotSupportedException("The only step is SQL.");

    [Activity]
    public Task<StepEffect> RunSqlAsync(StepReference step) => Task.FromResult(new StepEffect(Effect.Changed, 1, "done"));

    [Activity]
    public Task<StepEffect> UndoAsync(StepReference step)
    {
        Undone.Enqueue(step.Step);
        return Task.FromResult(new StepEffect(Effect.Changed, 1, "undone"));
    }

    private TimeSpan SinceOpened()
    {
        var now = ActivityExecutionContext.Current.Info.ScheduledTime;
        _opened ??= now;
        return now - _opened.Value;
    }
}
