using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Workflows;

/// <summary>Which steps are to be taken back, last one first. A step stands here before it acts.</summary>
public sealed class Saga
{
    private readonly Stack<StepOutline> _registered = new();

    public bool IsEmpty => _registered.Count == 0;

    public StepOutline Next => _registered.Peek();

    public void Register(StepOutline step)
    {
        if (_registered.Any(s => s.Id == step.Id))
        {
            throw new InvalidOperationException($"Step '{step.Id}' is registered already.");
        }

        _registered.Push(step);
    }

    public void Settle(StepOutline step)
    {
        if (_registered.Count == 0 || _registered.Peek().Id != step.Id)
        {
            throw new InvalidOperationException($"Step '{step.Id}' is not the next to be taken back.");
        }

        _registered.Pop();
    }
}
