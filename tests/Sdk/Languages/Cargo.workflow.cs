using System.Text.Json.Serialization;
using Temporalio.Activities;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Languages;

internal sealed record CargoInput([property: JsonPropertyName("stampQueue")] string StampQueue);

internal sealed record CargoResult(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("items")] IReadOnlyList<string> Items,
    [property: JsonPropertyName("stamp")] string Stamp);

/// <summary>The same workflow as in tests/conformance/languages/workflows.mjs: each must replay what the other has done.</summary>
[Workflow("Cargo")]
internal sealed class CargoWorkflow
{
    private readonly List<string> _items = [];
    private string _name = "unnamed";
    private bool _departs;

    [WorkflowQuery]
    public int Weight => _items.Count;

    [WorkflowRun]
    public async Task<CargoResult> RunAsync(CargoInput input)
    {
        await Workflow.WaitConditionAsync(() => _departs);
        if (Workflow.Patched("slow-harbour"))
        {
            await Workflow.DelayAsync(10);
        }

        var stamp = await Workflow.ExecuteActivityAsync<string>(
            "Stamp",
            [_name, _items.Count],
            new() { TaskQueue = input.StampQueue, StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { MaximumAttempts = 1 } });
        return new(_name, _items, stamp);
    }

    [WorkflowSignal]
    public Task LoadAsync(string item, int count)
    {
        _items.AddRange(Enumerable.Repeat(item, count));
        return Task.CompletedTask;
    }

    [WorkflowSignal]
    public Task DepartAsync()
    {
        _departs = true;
        return Task.CompletedTask;
    }

    [WorkflowUpdate]
    public Task<string> RenameAsync(string to)
    {
        var from = _name;
        _name = to;
        return Task.FromResult(from);
    }

    [WorkflowUpdateValidator(nameof(RenameAsync))]
    public void ValidateRename(string to)
    {
        if (to.Length == 0)
        {
            throw new InvalidOperationException("a ship needs a name");
        }
    }
}

/// <summary>Does not do what was recorded.</summary>
[Workflow("Cargo")]
internal sealed class HastyCargoWorkflow
{
    [WorkflowRun]
    public Task<CargoResult> RunAsync(CargoInput input) => Task.FromResult(new CargoResult("hasty", [], input.StampQueue));
}

internal static class CargoActivities
{
    [Activity]
    public static string Stamp(string name, int weight) => $"{name} of {weight}, stamped by C#";
}
