using System.Collections.Concurrent;
using Orchestrator.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;

namespace Orchestrator.Tests.Sdk;

/// <summary>What a live test's workflows have commanded, by the histories: the same on the embedded and on the official server.</summary>
internal static class CommandsInHistory
{
    private const string Open = "still open";

    private static readonly ConcurrentDictionary<string, (LiveServerKind Server, string[] Commands)> FirstOf = [];

    /// <summary>Compares with what the same test has left on the other server, if it has been run there.</summary>
    public static async Task CompareAsync(IReadOnlyCollection<WorkflowHandle> workflows)
    {
        var commands = new List<string>();
        foreach (var workflow in workflows)
        {
            var events = (await workflow.FetchHistoryAsync()).Events.ToList();
            HistoryInvariants.Check(events);
            commands.Add(Of(events));
        }

        var (server, ofFirst) = FirstOf.GetOrAdd(LiveServer.Test, (LiveServer.Kind, [.. commands]));
        if (server != LiveServer.Kind)
        {
            Assert.All(ofFirst.Zip(commands), pair => Assert.True(AreSame(pair.First, pair.Second), $"{server}: {pair.First}\n{LiveServer.Kind}: {pair.Second}"));
        }
    }

    /// <summary>How far an open workflow has come is a matter of time.</summary>
    private static bool AreSame(string one, string other) => one == other || one == Open || other == Open;

    /// <summary>So is between which commands an update came in, so updates are told apart from them.</summary>
    private static string Of(IReadOnlyList<HistoryEvent> events)
    {
        var types = events.Select(item => item.EventType).ToList();
        return IsClosed(types[^1]) ? string.Join(" ", types.Where(IsCommand).Concat(types.Where(IsUpdate))) : Open;
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
