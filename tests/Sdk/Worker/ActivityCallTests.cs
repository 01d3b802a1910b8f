using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class ActivityCallTests
{
    private static readonly ActivityOptions Short = new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) };

    public interface IShopActivities
    {
        [Activity]
        Task<string> GreetAsync(string name);

        [Activity]
        int Add(int first, int second);
    }

    [LiveTheory]
    [BothCachings]
    public async Task Every_shape_of_activity_method_can_be_called(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Shapes>().AddAllActivities(new ShopActivities()),
            async queue =>
            {
                var said = await queue.Client.ExecuteWorkflowAsync((Shapes w) => w.RunAsync(), queue.New());

                Assert.Equal(["Hello, Ada!", "5", "14", "named", "noted", "dynamic Unheard(1, two)", "default 7"], said);
            });

    [LiveTheory]
    [BothCachings]
    public async Task A_failed_activity_carries_its_type_details_and_cause_to_the_workflow(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Failing>().AddAllActivities(new ShopActivities()),
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Failing w) => w.RunAsync("once"), queue.New());

                var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                var activity = Assert.IsType<ActivityFailureException>(failed.InnerException);
                var application = Assert.IsType<ApplicationFailureException>(activity.InnerException);
                Assert.Equal("Fail", activity.ActivityType);
                Assert.Equal("out of stock", application.Message);
                Assert.Equal("Stock", application.ErrorType);
                Assert.Equal(3, application.Details.ElementAt<int>(0));
            });

    [LiveTheory]
    [BothCachings]
    public async Task A_failing_activity_is_tried_again_until_its_policy_says_no(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Failing>().AddAllActivities(new ShopActivities()),
            async queue =>
            {
                var tries = await queue.Client.ExecuteWorkflowAsync((Failing w) => w.RunAsync("until third"), queue.New());

                Assert.Equal(3, tries);
            });

    [LiveTheory]
    [BothCachings]
    public async Task An_activity_that_takes_too_long_times_out(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Failing>().AddAllActivities(new ShopActivities()),
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Failing w) => w.RunAsync("sleep"), queue.New());

                var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                Assert.IsType<TimeoutFailureException>(failed.InnerException?.InnerException);
            });

    [LiveTheory]
    [BothCachings]
    public async Task An_unknown_activity_fails_with_the_names_that_are_known(Caching caching) =>
        await Live.RunAsync(
            caching,
            options => options.AddWorkflow<Failing>().AddActivity(ShopActivities.Twice),
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((Failing w) => w.RunAsync("once"), queue.New());

                var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                Assert.Contains("Fail is not registered with this worker. Registered: Twice", failed.InnerException?.InnerException?.Message);
            });

    [LiveTheory]
    [BothCachings]
    public async Task Options_without_a_close_timeout_fail_the_task_with_the_rule(Caching caching) =>
        await Live.RunAsync(
            caching,
            options =>
            {
                options.WorkflowFailureExceptionTypes = [typeof(ArgumentException)];
                options.AddWorkflow<NoTimeout>();
            },
            async queue =>
            {
                var handle = await queue.Client.StartWorkflowAsync((NoTimeout w) => w.RunAsync(), queue.New());

                var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                Assert.Contains("StartToCloseTimeout or ScheduleToCloseTimeout is required", failed.InnerException?.Message);
            });

    public sealed class ShopActivities : IShopActivities
    {
        [Activity]
        public static int Twice(int number) => number * 2;

        [Activity]
        public Task<string> GreetAsync(string name) => Task.FromResult($"Hello, {name}!");

        [Activity]
        public int Add(int first, int second) => first + second;

        [Activity("other-name")]
        public Task<string> NamedAsync() => Task.FromResult("named");

        [Activity]
        public void Note(string text) => Assert.Equal("note", text);

        [Activity]
        public string WithDefault(int number = 7) => $"default {number}";

        [Activity(Dynamic = true)]
        public string Any(IRawValue[] arguments)
        {
            var converter = ActivityExecutionContext.Current.PayloadConverter;
            return $"dynamic {ActivityExecutionContext.Current.Info.ActivityType}({converter.ToValue<int>(arguments[0])}, {converter.ToValue<string>(arguments[1])})";
        }

        [Activity]
        public void Fail() =>
            throw new ApplicationFailureException("out of stock", errorType: "Stock", nonRetryable: true, details: [3]);

        [Activity]
        public int SucceedAtThirdTry() =>
            ActivityExecutionContext.Current.Info.Attempt is >= 3 and var attempt ? attempt : throw new InvalidOperationException("not yet");

        [Activity]
        public Task SleepAsync() => Task.Delay(Timeout.Infinite, ActivityExecutionContext.Current.CancellationToken);
    }

    [Workflow]
    public sealed class Shapes
    {
        [WorkflowRun]
        public async Task<string[]> RunAsync()
        {
            await Workflow.ExecuteActivityAsync((ShopActivities a) => a.Note("note"), Short);
            return
            [
                await Workflow.ExecuteActivityAsync((IShopActivities a) => a.GreetAsync("Ada"), Short),
                (await Workflow.ExecuteActivityAsync((IShopActivities a) => a.Add(2, 3), Short)).ToString(),
                (await Workflow.ExecuteActivityAsync(() => ShopActivities.Twice(7), Short)).ToString(),
                await Workflow.ExecuteActivityAsync((ShopActivities a) => a.NamedAsync(), Short),
                "noted",
                await Workflow.ExecuteActivityAsync<string>("Unheard", [1, "two"], Short),
                await Workflow.ExecuteActivityAsync<string>("WithDefault", [], Short),
            ];
        }
    }

    [Workflow]
    public sealed class Failing
    {
        private static readonly RetryPolicy Quick = new() { InitialInterval = TimeSpan.FromMilliseconds(10) };

        [WorkflowRun]
        public async Task<int> RunAsync(string how)
        {
            switch (how)
            {
                case "once":
                    await Workflow.ExecuteActivityAsync(
                        (ShopActivities a) => a.Fail(),
                        new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = new() { MaximumAttempts = 1 } });
                    return 1;
                case "sleep":
                    await Workflow.ExecuteActivityAsync(
                        (ShopActivities a) => a.SleepAsync(),
                        new() { StartToCloseTimeout = TimeSpan.FromMilliseconds(100), RetryPolicy = new() { MaximumAttempts = 1 } });
                    return 1;
                default:
                    return await Workflow.ExecuteActivityAsync(
                        (ShopActivities a) => a.SucceedAtThirdTry(),
                        new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = Quick });
            }
        }
    }

    [Workflow]
    public sealed class NoTimeout
    {
        [WorkflowRun]
        public async Task RunAsync() => await Workflow.ExecuteActivityAsync((ShopActivities a) => a.Fail(), new());
    }
}
