using System.Text.Json.Serialization;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// One pending activity. Its input and headers are in its scheduled event; its started event is written only when it
/// closes, because until then any attempt may be followed by another.
/// </summary>
internal sealed class ActivityState
{
    public required long ScheduledEventId { get; init; }
    public required string ActivityId { get; init; }
    public required string ActivityType { get; init; }
    public required string TaskQueue { get; set; }
    public required TimeSpan ScheduleToClose { get; set; }
    public required TimeSpan ScheduleToStart { get; set; }
    public required TimeSpan StartToClose { get; set; }
    public required TimeSpan Heartbeat { get; set; }
    public required RetryPolicy RetryPolicy { get; set; }

    public Priority? Priority { get; set; }

    /// <summary>What the activity was scheduled with; null while nobody has changed it.</summary>
    public ActivityOptions? OriginalOptions { get; set; }

    public int Attempt { get; set; } = 1;
    public required DateTimeOffset FirstScheduledAt { get; init; }

    /// <summary>When the current attempt may start; in the future while the activity backs off.</summary>
    public required DateTimeOffset AttemptScheduledAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public string RequestId { get; set; } = "";
    public string Identity { get; set; } = "";
    public string BuildId { get; set; } = "";
    public string LastIdentity { get; set; } = "";
    public DateTimeOffset? LastStartedAt { get; set; }
    public DateTimeOffset? LastAttemptClosedAt { get; set; }
    public DateTimeOffset? LastHeartbeatAt { get; set; }
    public Payloads? HeartbeatDetails { get; set; }
    public Failure? LastFailure { get; set; }
    public TimeSpan? RetryInterval { get; set; }

    /// <summary>The attempt waits for its backoff and is in no task queue.</summary>
    public bool IsBackingOff { get; set; }
    /// <summary>Set while an operator holds the activity back.</summary>
    public ActivityPause? Pause { get; set; }

    /// <summary>The running attempt is to be the last of its count: the next one is the first again.</summary>
    public ActivityReset? PendingReset { get; set; }
    public long CancelRequestedEventId { get; set; }

    [JsonIgnore]
    public bool IsStarted => StartedAt is not null;

    /// <summary>A worker may take it.</summary>
    [JsonIgnore]
    public bool IsReady => !IsStarted && !IsBackingOff && !IsPaused;

    [JsonIgnore]
    public bool IsCancelRequested => CancelRequestedEventId != 0;

    [JsonIgnore]
    public bool IsPaused => Pause is not null;

    [JsonIgnore]
    public DateTimeOffset? ExpiresAt => ScheduleToClose > TimeSpan.Zero ? FirstScheduledAt + ScheduleToClose : null;
}

internal sealed record ActivityPause(DateTimeOffset At, string Identity, string Reason);

internal sealed record ActivityReset(bool ForgetHeartbeat);
