using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class DynamicTests
{
    [LiveTheory]
    [BothCachings]
    public async Task What_nobody_is_registered_for_goes_to_the_dynamic_handlers(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Anything>().AddAllActivities(new Hands()), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync("Unheard", ["first"], queue.New());

            Assert.Equal("updated Change with 7", await handle.ExecuteUpdateAsync<string>("Change", [7]));
            Assert.Equal("asked Look with 3", await handle.QueryAsync<string>("Look", [3]));
            await handle.SignalAsync("Finish", ["now"]);

            Assert.Equal("Unheard(first), Finish(now), Lift(5)", await handle.GetResultAsync<string>());
        });

    [LiveTheory]
    [BothCachings]
    public async Task A_rejection_by_a_dynamic_validator_names_the_update(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Anything>().AddAllActivities(new Hands()), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync("Unheard", ["first"], queue.New());

            var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync("Forbidden", []));
            await handle.TerminateAsync();

            Assert.Equal("not Forbidden", refused.InnerException?.Message);
        });

    [LiveTheory]
    [BothCachings]
    public async Task The_constructor_with_init_sees_the_arguments_before_any_handler_runs(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<Prepared>(), async queue =>
        {
            var options = queue.New();
            options.SignalWithStart((Prepared w) => w.AddAsync("signalled"));

            Assert.Equal(["given", "signalled", "run given"], await queue.Client.ExecuteWorkflowAsync((Prepared w) => w.RunAsync("given"), options));
        });

    public sealed class Hands
    {
        [Activity(Dynamic = true)]
        public string Do(IRawValue[] args)
        {
            var context = ActivityExecutionContext.Current;
            return $"{context.Info.ActivityType}({context.PayloadConverter.ToValue<int>(args[0])})";
        }
    }

    [Workflow(Dynamic = true)]
    public sealed class Anything
    {
        private string? _end;

        [WorkflowRun]
        public async Task<string> RunAsync(IRawValue[] args)
        {
            await Workflow.WaitConditionAsync(() => _end != null);
            var lifted = await Workflow.ExecuteActivityAsync<string>("Lift", [5], new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
            return $"{Workflow.Info.WorkflowType}({Read<string>(args)}), {_end}, {lifted}";
        }

        [WorkflowSignal(Dynamic = true)]
        public Task SignalAsync(string name, IRawValue[] args)
        {
            _end = $"{name}({Read<string>(args)})";
            return Task.CompletedTask;
        }

        [WorkflowQuery(Dynamic = true)]
        public string Query(string name, IRawValue[] args) => $"asked {name} with {Read<int>(args)}";

        [WorkflowUpdate(Dynamic = true)]
        public async Task<string> UpdateAsync(string name, IRawValue[] args)
        {
            await Workflow.DelayAsync(1);
            return $"updated {name} with {Read<int>(args)}";
        }

        [WorkflowUpdateValidator(nameof(UpdateAsync))]
        public void ValidateUpdate(string name, IRawValue[] args)
        {
            if (name == "Forbidden" && args.Length == 0)
            {
                throw new ApplicationFailureException($"not {name}");
            }
        }

        private static T Read<T>(IRawValue[] args) => Workflow.PayloadConverter.ToValue<T>(args[0]);
    }

    [Workflow]
    public sealed class Prepared
    {
        private readonly List<string> _seen = [];

        [WorkflowInit]
        public Prepared(string given) => _seen.Add(given);

        [WorkflowRun]
        public async Task<IReadOnlyList<string>> RunAsync(string given)
        {
            await Workflow.WaitConditionAsync(() => _seen.Count > 1);
            _seen.Add($"run {given}");
            return _seen;
        }

        [WorkflowSignal]
        public Task AddAsync(string what)
        {
            _seen.Add(what);
            return Task.CompletedTask;
        }
    }
}
