using System.Text.Json.Serialization;
using Temporalio.Common;
using Temporalio.Converters;
using Payload = Temporalio.Api.Common.V1.Payload;

namespace Temporalio.Activities;

/// <summary>What one attempt of an activity knows of itself.</summary>
/// <param name="HeartbeatDetails">What the previous attempt recorded last.</param>
/// <param name="RetryPolicy">The policy in force, with the server's defaults filled in.</param>
public record ActivityInfo(
    string ActivityId,
    string ActivityType,
    int Attempt,
    DateTime CurrentAttemptScheduledTime,
    [property: JsonIgnore] DataConverter DataConverter,
    IReadOnlyCollection<Payload> HeartbeatDetails,
    TimeSpan? HeartbeatTimeout,
    bool IsLocal,
    string Namespace,
    Priority Priority,
    RetryPolicy? RetryPolicy,
    TimeSpan? ScheduleToCloseTimeout,
    DateTime ScheduledTime,
    TimeSpan? StartToCloseTimeout,
    DateTime StartedTime,
    string TaskQueue,
    byte[] TaskToken,
    string? WorkflowId,
    string? WorkflowNamespace,
    string? WorkflowRunId,
    string? WorkflowType)
{
    /// <summary>Always true here: there are no activities without a workflow.</summary>
    public bool IsWorkflowActivity => WorkflowId != null;

    /// <summary>What every line is marked with that the activity logs.</summary>
    internal IReadOnlyDictionary<string, object> LogFields { get; } =
        Marks(
        [
            (nameof(WorkflowType), WorkflowType),
            (nameof(WorkflowId), WorkflowId),
            (nameof(WorkflowRunId), WorkflowRunId),
            (nameof(WorkflowNamespace), WorkflowNamespace),
            (nameof(ActivityType), ActivityType),
            (nameof(ActivityId), ActivityId),
            (nameof(Attempt), Attempt),
        ]);

    /// <param name="index">Of the values that were given to one heartbeat.</param>
    public async Task<T> HeartbeatDetailAtAsync<T>(int index)
    {
        var detail = HeartbeatDetails.Skip(index).FirstOrDefault() ??
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The last heartbeat had {HeartbeatDetails.Count} details.");
        return await DataConverter.ToValueAsync<T>(detail);
    }

    private static Dictionary<string, object> Marks(IEnumerable<(string Name, object? Value)> all) =>
        all.Where(mark => mark.Value != null).ToDictionary(mark => mark.Name, mark => mark.Value!);
}
