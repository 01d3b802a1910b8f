using Orchestrator.Tests.Support;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class HeartbeatTests
{
    [LiveTheory]
    [BothCachings]
    public async Task The_next_attempt_goes_on_from_what_the_last_one_recorded(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Errand>().AddAllActivities(new Walker()), async queue =>
            Assert.Equal("0,1,2|3,4,5", await queue.Client.ExecuteWorkflowAsync((Errand w) => w.RunAsync("Walk", 5), queue.New())));

    [LiveTheory]
    [BothCachings]
    public async Task Details_that_cannot_be_recorded_cancel_the_activity_with_the_reason(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Errand>().AddAllActivities(new Walker()), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Errand w) => w.RunAsync("Stumble", 5), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.Contains("cannot be converted", Innermost(failed).Message);
        });

    // Five seconds after the time is over, by the core; how runs are cached plays no part in it.
    [LiveFact]
    public async Task An_activity_whose_time_is_over_learns_it()
    {
        var walker = new Walker();
        await Live.RunAsync(Caching.On, options => options.AddWorkflow<Errand>().AddAllActivities(walker), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Errand w) => w.RunAsync("Linger", 1), queue.New());

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            var timeout = Assert.IsType<TimeoutFailureException>(failed.InnerException?.InnerException);
            Assert.Equal(TimeoutType.StartToClose, timeout.TimeoutType);
            Assert.Contains(await walker.Ended.Task, (ActivityCancelReason[])[ActivityCancelReason.Timeout, ActivityCancelReason.GoneFromServer]);
        });
    }

    [LiveTheory]
    [BothCachings]
    public async Task An_activity_that_is_paused_or_reset_learns_it_and_is_tried_again(Caching caching)
    {
        var walker = new Walker();
        await Live.RunAsync(
            caching,
            options =>
            {
                options.MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(50);
                options.DefaultHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(50);
                options.AddWorkflow<Errand>().AddAllActivities(walker);
            },
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Errand w) => w.RunAsync("Obey", 30), queue.New());
                await walker.Begun.WaitAsync();
                // First, because the server no longer knows a later attempt once it counts from one again.
                await queue.Client.WorkflowService.ResetActivityAsync(new() { Namespace = "default", Execution = new() { WorkflowId = handle.Id }, Id = "1" });
                await Eventually.EqualAsync("Reset", () => walker.Reasons);
                await walker.Begun.WaitAsync();
                await queue.Client.WorkflowService.PauseActivityAsync(new() { Namespace = "default", Execution = new() { WorkflowId = handle.Id }, Id = "1" });
                await Eventually.EqualAsync("Reset Paused", () => walker.Reasons);
                await queue.Client.WorkflowService.UnpauseActivityAsync(new() { Namespace = "default", Execution = new() { WorkflowId = handle.Id }, Id = "1" });
                await walker.Begun.WaitAsync();
                walker.Free.TrySetResult();

                Assert.Equal("free", await handle.GetResultAsync());
            });
    }

    [LiveTheory]
    [BothCachings]
    public async Task An_activity_that_others_complete_gives_its_token_away_and_keeps_nothing(Caching caching)
    {
        var walker = new Walker();
        await Live.RunAsync(caching, options => options.AddWorkflow<Errand>().AddAllActivities(walker), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Errand w) => w.RunAsync("Delegate", 30), queue.New());
            var token = await walker.Token.Task;

            await queue.Client.GetAsyncActivityHandle(token).HeartbeatAsync(new() { Details = ["half"] });
            await queue.Client.GetAsyncActivityHandle(token).CompleteAsync("by somebody else");

            Assert.Equal("by somebody else", await handle.GetResultAsync());
        });
    }

    private static Exception Innermost(Exception e) => e.InnerException == null ? e : Innermost(e.InnerException);

    public sealed class Walker
    {
        private readonly List<string> _legs = [];
        private readonly List<ActivityCancelReason> _reasons = [];

        public TaskCompletionSource<byte[]> Token { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ActivityCancelReason> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Free { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SemaphoreSlim Begun { get; } = new(0);

        public string Reasons => string.Join(' ', _reasons);

        private static ActivityExecutionContext Context => ActivityExecutionContext.Current;

        [Activity]
        public async Task<string> WalkAsync()
        {
            var from = Context.Info.HeartbeatDetails.Count == 0 ? 0 : await Context.Info.HeartbeatDetailAtAsync<int>(0) + 1;
            for (var step = from; step < from + 3; step++)
            {
                Context.Heartbeat(step);
            }

            _legs.Add(string.Join(',', Enumerable.Range(from, 3)));
            return _legs.Count > 1 ? string.Join('|', _legs) : throw new InvalidOperationException("rain");
        }

        [Activity]
        public async Task<string> StumbleAsync()
        {
            Context.Heartbeat(new Unspeakable());
            await Task.Delay(Timeout.Infinite, Context.CancellationToken);
            return "never";
        }

        [Activity]
        public async Task<string> LingerAsync()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, Context.CancellationToken);
            }
            finally
            {
                Ended.TrySetResult(Context.CancelReason);
            }

            return "never";
        }

        [Activity]
        public async Task<string> ObeyAsync()
        {
            Begun.Release();
            while (!Free.Task.IsCompleted)
            {
                Context.Heartbeat();
                if (Context.CancellationToken.IsCancellationRequested)
                {
                    _reasons.Add(Context.CancelReason);
                    Context.CancellationToken.ThrowIfCancellationRequested();
                }

                // The interval of a loop that has other work to do, not a guess.
                await Task.WhenAny(Free.Task, Task.Delay(20));
            }

            return "free";
        }

        [Activity]
        public string Delegate()
        {
            Token.TrySetResult(Context.Info.TaskToken);
            throw new CompleteAsyncException();
        }
    }

    public sealed class Unspeakable
    {
        public string Text => throw new InvalidOperationException("this cannot be converted");
    }

    [Workflow]
    public sealed class Errand
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity, int seconds) => Workflow.ExecuteActivityAsync<string>(
            activity,
            [],
            new()
            {
                StartToCloseTimeout = TimeSpan.FromSeconds(seconds),
                RetryPolicy = new RetryPolicy
                {
                    InitialInterval = TimeSpan.FromMilliseconds(10),
                    MaximumAttempts = activity is "Walk" or "Obey" ? 5 : 1,
                },
            });
    }
}
