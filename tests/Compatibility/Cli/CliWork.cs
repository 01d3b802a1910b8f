using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Compatibility.Cli;

/// <summary>Does what the commands of the comparison want to see: it waits, answers, and has activities that stay open.</summary>
[Workflow("Order")]
public sealed class OrderWorkflow
{
    private readonly List<string> _seen = [];

    [WorkflowRun]
    public async Task<string> RunAsync(string kind)
    {
        switch (kind)
        {
            case "quick":
                return "done";
            case "fails":
                throw new ApplicationFailureException("refused", errorType: "Refusal", nonRetryable: true, details: ["why"]);
            case "activity":
                return await Workflow.ExecuteActivityAsync(
                    () => OrderActivities.Deliver(), new() { ActivityId = "deliver", StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { MaximumAttempts = 1 } });
            case "stubborn":
                return await Workflow.ExecuteActivityAsync(
                    () => OrderActivities.Refuse(), new() { ActivityId = "refuse", StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { InitialInterval = TimeSpan.FromMinutes(1) } });
            default:
                await Workflow.WaitConditionAsync(() => _seen.Contains("close"));
                return string.Join(',', _seen);
        }
    }

    [WorkflowSignal]
    public async Task NoteAsync(string what) => _seen.Add(what);

    [WorkflowQuery]
    public IReadOnlyList<string> Seen() => _seen;

    [WorkflowQuery]
    public string Tell(string what) => what;

    [WorkflowUpdate]
    public async Task<int> AddAsync(string what)
    {
        _seen.Add(what);
        return _seen.Count;
    }

    [WorkflowUpdateValidator(nameof(AddAsync))]
    public void ValidateAdd(string what)
    {
        if (what == "bad")
        {
            throw new ApplicationFailureException("not that", errorType: "Refusal");
        }
    }
}

public static class OrderActivities
{
    [Activity]
    public static string Deliver() => throw new CompleteAsyncException();

    [Activity]
    public static string Refuse() => throw new ApplicationFailureException("not now");
}
