using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Builds the run that follows a closed one under the same workflow id.</summary>
internal static class Succession
{
    public static Transition ByRetry(Transition step, TimeSpan delay, Failure failure)
    {
        var started = Inherited(step);
        started.Initiator = ContinueAsNewInitiator.Retry;
        started.Attempt = step.State.Started.Attempt + 1;
        started.ContinuedFailure = failure;
        started.FirstWorkflowTaskBackoff = Duration.FromTimeSpan(delay);
        return Begin(step, started);
    }

    /// <summary>Null when the workflow has no cron schedule, or one that never comes again.</summary>
    public static Transition? ByCron(Transition step, Failure? failure, Payloads? result)
    {
        var state = step.State;
        if (state.Started.CronSchedule.Length == 0
            || CronSchedule.Parse(state.Started.CronSchedule).BackoffAfter(state.ExecutionAt, step.Now) is not { } backoff
            || state.ExecutionExpiresAt < step.Now + backoff)
        {
            return null;
        }

        var started = Inherited(step);
        started.Initiator = ContinueAsNewInitiator.CronSchedule;
        started.Attempt = 1;
        started.ContinuedFailure = failure;
        started.LastCompletionResult = result ?? state.Started.LastCompletionResult;
        started.FirstWorkflowTaskBackoff = Duration.FromTimeSpan(backoff);
        return Begin(step, started);
    }

    public static Transition ByCommand(Transition step, ContinueAsNewWorkflowExecutionCommandAttributes command)
    {
        var started = Inherited(step);
        started.Initiator = command.Initiator == ContinueAsNewInitiator.Unspecified
            ? ContinueAsNewInitiator.Workflow
            : command.Initiator;
        started.Attempt = 1;
        started.WorkflowType = command.WorkflowType is { Name.Length: > 0 } ? command.WorkflowType : started.WorkflowType;
        started.TaskQueue = new()
        {
            Name = command.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : step.State.TaskQueue,
            Kind = TaskQueueKind.Normal,
        };
        started.Input = command.Input;
        started.Header = command.Header;
        started.Memo = command.Memo;
        started.SearchAttributes = command.SearchAttributes;
        started.RetryPolicy = command.RetryPolicy is null ? started.RetryPolicy : Retries.WithDefaults(command.RetryPolicy);
        started.CronSchedule = command.CronSchedule;
        started.ContinuedFailure = command.Failure;
        started.LastCompletionResult = command.LastCompletionResult;
        started.WorkflowRunTimeout = RunTimeout(step, command);
        started.WorkflowTaskTimeout = TaskTimeout(step, command);
        started.FirstWorkflowTaskBackoff = Backoff(step, command) ?? new Duration();
        return Begin(step, started);
    }

    /// <summary>As long as the command says, and long enough that a chain in a hurry has one run a second.</summary>
    private static Duration? Backoff(Transition step, ContinueAsNewWorkflowExecutionCommandAttributes command)
    {
        var asked = Given(command.BackoffStartInterval);
        var lifetime = step.Now - step.State.ExecutionAt;
        return lifetime + (asked?.ToTimeSpan() ?? TimeSpan.Zero) < Limits.ShortestRunOfChain
            ? Duration.FromTimeSpan(Limits.ShortestRunOfChain - lifetime)
            : command.BackoffStartInterval;
    }

    /// <summary>As the command has it, before the next run is cut to what is left of its chain.</summary>
    public static Duration RunTimeout(Transition step, ContinueAsNewWorkflowExecutionCommandAttributes command) =>
        Given(command.WorkflowRunTimeout) ?? step.State.Started.WorkflowRunTimeout?.Clone() ?? new Duration();

    public static Duration TaskTimeout(Transition step, ContinueAsNewWorkflowExecutionCommandAttributes command) =>
        Given(command.WorkflowTaskTimeout) ?? step.State.Started.WorkflowTaskTimeout.Clone();

    private static WorkflowExecutionStartedEventAttributes Inherited(Transition step)
    {
        var state = step.State;
        var started = state.Started.Clone();
        started.ContinuedExecutionRunId = state.RunId;
        started.ContinuedFailure = null;
        started.Memo = state.Memo.Fields.Count > 0 ? state.Memo.Clone() : null;
        started.SearchAttributes = state.SearchAttributes.IndexedFields.Count > 0 ? state.SearchAttributes.Clone() : null;
        started.EagerExecutionAccepted = false;
        return started;
    }

    private static Transition Begin(Transition step, WorkflowExecutionStartedEventAttributes started)
    {
        var runId = step.NewId();
        started.OriginalExecutionRunId = runId;
        var next = RunStart.Begin(
            new StartSpec
            {
                NamespaceId = step.State.NamespaceId,
                NamespaceName = step.State.NamespaceName,
                RunId = runId,
                RequestId = step.NewId(),
                Started = started,
                UserMetadata = step.State.FirstEvent.UserMetadata,
            },
            step.Now,
            step.NewId);
        next.Finish();
        return next;
    }

    private static Duration? Given(Duration? value) => value is null || (value.Seconds == 0 && value.Nanos == 0) ? null : value;
}
