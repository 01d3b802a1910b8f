using Coresdk.WorkflowCommands;
using Temporalio.Exceptions;

namespace Temporalio.Worker.Runs;

/// <summary>What the run wants done, in the order in which it asked during this activation.</summary>
internal sealed class RunCommands
{
    /// <summary>Conditions are asked on replay too; queries and validators are not.</summary>
    public const string Condition = "condition";

    private List<WorkflowCommand> _commands = [];

    /// <summary>Names the code that may only look, such as a query, while it runs.</summary>
    public string? ReadOnlyFor { get; set; }

    public void ThrowIfReadOnly()
    {
        if (ReadOnlyFor is { } who)
        {
            throw new InvalidWorkflowOperationException($"A {who} may only look at the workflow, not make it do something.");
        }
    }

    public void Add(WorkflowCommand command)
    {
        ThrowIfReadOnly();
        _commands.Add(command);
    }

    /// <summary>The answer of code that may only look is the one command it leads to.</summary>
    public void AddAnswer(WorkflowCommand command) => _commands.Add(command);

    public IReadOnlyList<WorkflowCommand> Take()
    {
        var taken = _commands;
        _commands = [];
        return taken;
    }
}
