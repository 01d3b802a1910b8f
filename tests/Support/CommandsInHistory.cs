using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;

namespace Orchestrator.Tests.Support;

/// <summary>What a live test's workflows have commanded, by the histories: the same on the embedded and on the official server.</summary>
internal static class CommandsInHistory
{
    private static readonly ConcurrentDictionary<string, (LiveServerKind Server, string[] Commands)> FirstOf = [];

    /// <summary>Compares with what the same test has left on the other server, if it has been run there.</summary>
    public static async Task CompareAsync(IReadOnlyCollection<WorkflowHandle> workflows)
    {
        var commands = new List<string>();
        foreach (var (workflow, index) in workflows.Select((workflow, index) => (workflow, index)))
        {
            var events = (await workflow.FetchHistoryAsync()).Events.ToList();
            HistoryInvariants.Check(events);
            commands.AddRange(Of(events).Select(command => $"workflow {index}: {command}"));
        }

        var (server, ofFirst) = FirstOf.GetOrAdd(LiveServer.Test, (LiveServer.Kind, [.. commands]));
        if (server != LiveServer.Kind)
        {
            Assert.Equal(ofFirst, commands);
        }
    }

    /// <summary>
    /// What is a matter of time is left out: how far open workflows have come, and between which commands an update came in.
    /// </summary>
    private static IEnumerable<EventType> Of(IReadOnlyList<HistoryEvent> events)
    {
        var types = events.Select(item => item.EventType).ToList();
        return IsClosed(types[^1]) ? [.. types.Where(IsCommand), .. types.Where(IsUpdate)] : [];
    }

    private static bool IsClosed(EventType type) => type is EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionFailed
        or EventType.WorkflowExecutionCanceled or EventType.WorkflowExecutionContinuedAsNew;

    private static bool IsCommand(EventType type) => IsClosed(type) || type is EventType.ActivityTaskScheduled
        or EventType.ActivityTaskCancelRequested or EventType.TimerStarted or EventType.TimerCanceled or EventType.MarkerRecorded
        or EventType.StartChildWorkflowExecutionInitiated or EventType.SignalExternalWorkflowExecutionInitiated
        or EventType.RequestCancelExternalWorkflowExecutionInitiated or EventType.UpsertWorkflowSearchAttributes
        or EventType.WorkflowPropertiesModified;

    private static bool IsUpdate(EventType type) => type is EventType.WorkflowExecutionUpdateAccepted or EventType.WorkflowExecutionUpdateCompleted;
}
