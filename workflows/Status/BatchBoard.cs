using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;

namespace Orchestrator.Workflows.Status;

/// <summary>What a batch shows of itself while it runs.</summary>
internal sealed class BatchBoard(string batch)
{
    private readonly List<StepStatus> _steps = [];
    private RehearsalOutline? _rehearsal;
    private string _title = "";

    public BatchPhase Phase { get; set; } = BatchPhase.Opening;

    public string? Reason { get; set; }

    public BatchOutcome? Outcome { get; set; }

    public IReadOnlyList<Artifact> Artifacts { get; set; } = [];

    public IReadOnlyList<CheckResult> Prechecks { get; set; } = [];

    public IReadOnlyList<CheckResult> Postchecks { get; set; } = [];

    public void Open(BatchOutline outline)
    {
        _title = outline.Title;
        _rehearsal = outline.Rehearsal;
        _steps.Clear();
        _steps.AddRange(outline.Steps.Select(s => new StepStatus(s.Id, s.Title, s.Kind, StepPhase.Waiting, 0, null)));
    }

    public void Resume(BatchCarry carry)
    {
        Open(carry.Outline);
        _steps.Clear();
        _steps.AddRange(carry.Steps);
        Prechecks = carry.Prechecks;
        Postchecks = carry.Postchecks;
    }

    public void Show(StepOutline step, StepPhase phase, string? note = null)
    {
        var at = _steps.FindIndex(s => s.Id == step.Id);
        _steps[at] = _steps[at] with { Phase = phase, Note = note };
    }

    public void Show(StepOutline step, StepPhase phase, StepEffect effect)
    {
        var at = _steps.FindIndex(s => s.Id == step.Id);
        _steps[at] = _steps[at] with { Phase = phase, Rows = effect.Rows, Note = effect.Note };
    }

    public BatchStatus Read(bool paused, GateKeeper gate) => new()
    {
        Batch = batch,
        Title = _title,
        Phase = Phase,
        Paused = paused,
        Steps = [.. _steps],
        Prechecks = Prechecks,
        Postchecks = Postchecks,
        Artifacts = Artifacts,
        Gate = gate.View is { } view ? Read(view, gate.Refusals) : null,
        Rehearsal = _rehearsal,
        Reason = Reason,
        Outcome = Outcome,
    };

    private static GateStatus Read(GateView gate, IReadOnlyList<string> refusals) => new()
    {
        Question = gate.Gate.Question,
        WaitingFor = GateRules.Describe(gate.Gate),
        Run = gate.Run,
        SignaturesRequired = gate.Gate.SignaturesRequired,
        Quorum = gate.Gate.Quorum,
        Evidence = gate.Evidence,
        ExpiresAt = gate.ExpiresAt,
        Counted = gate.Counted,
        Refusals = [.. refusals],
    };
}
