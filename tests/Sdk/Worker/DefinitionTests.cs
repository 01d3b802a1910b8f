using Temporalio.Activities;
using Temporalio.Converters;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>Mistakes are told when a definition is made, all of them at once, each with its type and its rule.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData(typeof(NoAttribute), "has no [Workflow].")]
    [InlineData(typeof(NoRun), "has no method with [WorkflowRun].")]
    [InlineData(typeof(TwoRuns), "has 2 methods with [WorkflowRun] (FirstAsync, SecondAsync)")]
    [InlineData(typeof(InheritedRun), "must be declared on InheritedRun itself")]
    [InlineData(typeof(HiddenRun), "[WorkflowRun] method RunAsync must be public")]
    [InlineData(typeof(RunWithoutTask), "[WorkflowRun] method Run must return Task")]
    [InlineData(typeof(Generic<>), "has open generic parameters.")]
    [InlineData(typeof(Reserved), "names that begin with __temporal are reserved.")]
    [InlineData(typeof(DynamicWithName), "a dynamic workflow cannot have a name.")]
    [InlineData(typeof(DynamicWithArguments), "of a dynamic workflow must take (IRawValue[]).")]
    [InlineData(typeof(NoConstructor), "needs a public constructor without parameters, or one with [WorkflowInit].")]
    [InlineData(typeof(OtherInit), "its [WorkflowInit] constructor must take the same parameters as RunAsync.")]
    [InlineData(typeof(HiddenInit), "its [WorkflowInit] constructor must be public.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.SignalWithResultAsync: a signal handler must return Task.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.Static: a [WorkflowSignal] method cannot be static.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.HiddenAsync: a [WorkflowSignal] method must be public.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.QueryAsync: a query handler must return a value and cannot return a Task.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.VoidQuery: a query handler must return a value")]
    [InlineData(typeof(BadHandlers), "BadHandlers.Update: an update handler must return Task or Task<T>.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.CheckedAsync: its validator must take the same parameters.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.ValidateNothing: there is no [WorkflowUpdate] method named Nothing.")]
    [InlineData(typeof(BadHandlers), "has more than one signal handler named same.")]
    [InlineData(typeof(BadHandlers), "BadHandlers.DynamicAsync: a dynamic handler must take (string, IRawValue[]).")]
    [InlineData(typeof(BadHandlers), "BadHandlers.ReservedAsync: the name __temporal_x is reserved")]
    [InlineData(typeof(GenericRun), "[WorkflowRun] method RunAsync must be public and neither static nor generic.")]
    [InlineData(typeof(StaticRun), "[WorkflowRun] method RunAsync must be public and neither static nor generic.")]
    [InlineData(typeof(TwoInits), "has several constructors with [WorkflowInit]; one is allowed.")]
    [InlineData(typeof(ByReference), "parameters of [WorkflowRun] method RunAsync cannot be ref, in or out.")]
    [InlineData(typeof(ByReference), "ByReference.SignalAsync: parameters of a [WorkflowSignal] method cannot be ref, in or out.")]
    [InlineData(typeof(ByReference), "ByReference.GenericAsync: a [WorkflowUpdate] method cannot be generic.")]
    [InlineData(typeof(ByReference), "ByReference.BothAsync has [WorkflowSignal] and [WorkflowUpdate]; one is allowed.")]
    [InlineData(typeof(ByReference), "ByReference.CheckedAsync: its validator must return void.")]
    [InlineData(typeof(ByReference), "CheckedAsync has more than one [WorkflowUpdateValidator].")]
    [InlineData(typeof(ByReference), "ByReference.Hidden: a [WorkflowQuery] property needs a public getter")]
    [InlineData(typeof(LostAttribute), "overrides a method with [WorkflowSignal] and must repeat the attribute.")]
    public void A_workflow_that_cannot_work_is_refused(Type type, string rule)
    {
        var refused = Assert.Throws<ArgumentException>(() => WorkflowDefinition.Create(type));

        Assert.Contains(refused.Message.Split(Environment.NewLine), line => line.StartsWith($"Workflow {type.FullName}: ", StringComparison.Ordinal) && line.Contains(rule));
    }

    [Fact]
    public void All_mistakes_of_a_type_are_told_at_once() =>
        Assert.Equal(11, Assert.Throws<ArgumentException>(() => WorkflowDefinition.Create<BadHandlers>()).Message.Split(Environment.NewLine).Length);

    [Fact]
    public void All_mistakes_of_a_worker_are_told_at_once()
    {
        var options = new TemporalWorkerOptions { MaxConcurrentActivities = 0 }
            .AddWorkflow<Good>().AddWorkflow<Good>().AddWorkflow<IGood>().AddActivity(Activities.Fine).AddActivity(Activities.Fine);

        var refused = Assert.Throws<ArgumentException>(() => new TemporalWorker(Temporalio.Client.TemporalClient.CreateLazy(new("127.0.0.1:1")), options));

        Assert.Equal(
            [
                "TaskQueue is required.",
                "Workflow Good is registered more than once.",
                "Activity Fine is registered more than once.",
                "Workflow Good: IGood is an interface or abstract, and cannot be run.",
                "MaxConcurrentActivities must be at least 1.",
            ],
            refused.Message.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData(nameof(Activities.Plain), "Activities.Plain has no [Activity].")]
    [InlineData(nameof(Activities.ByReference), "parameters of an [Activity] cannot be ref, in or out.")]
    [InlineData(nameof(Activities.Generic), "an [Activity] method cannot be generic.")]
    [InlineData(nameof(Activities.DynamicWithName), "a dynamic [Activity] cannot have a name.")]
    [InlineData(nameof(Activities.DynamicWithArguments), "a dynamic activity must take (IRawValue[]).")]
    public void An_activity_that_cannot_work_is_refused(string method, string rule)
    {
        var refused = Assert.Throws<ArgumentException>(() => ActivityDefinition.Create(typeof(Activities).GetMethod(method)!, _ => null));

        Assert.Contains(rule, refused.Message);
    }

    [Fact]
    public void Names_come_from_attributes_or_from_methods_without_async()
    {
        var good = WorkflowDefinition.Create<Good>();

        Assert.Equal("Good", good.Name);
        Assert.Equal("Good", WorkflowDefinition.Create<IGood>().Name);
        Assert.Equal(["Explicit", "Notify"], good.Signals.Keys.Order());
        Assert.Equal(["AskAsync", "State"], good.Queries.Keys.Order());
        Assert.Equal("Lambda", ActivityDefinition.Create([Activity("Lambda")] () => 1).Name);
        Assert.Throws<ArgumentException>(() => ActivityDefinition.Create([Activity] () => 1));
    }

    public sealed class NoAttribute
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class NoRun;

    [Workflow]
    public sealed class TwoRuns
    {
        [WorkflowRun]
        public Task FirstAsync() => Task.CompletedTask;

        [WorkflowRun]
        public Task SecondAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class Inheritable
    {
        [WorkflowRun]
        public virtual Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public virtual Task NotifyAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class InheritedRun : Inheritable;

    [Workflow]
    public sealed class LostAttribute : Inheritable
    {
        [WorkflowRun]
        public override Task RunAsync() => Task.CompletedTask;

        public override Task NotifyAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class HiddenRun
    {
        [WorkflowRun]
        internal Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class RunWithoutTask
    {
        [WorkflowRun]
        public int Run() => 1;
    }

    [Workflow]
    public sealed class Generic<T>
    {
        [WorkflowRun]
        public Task<T> RunAsync(T value) => Task.FromResult(value);
    }

    [Workflow("__temporal_mine")]
    public sealed class Reserved
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow("named", Dynamic = true)]
    public sealed class DynamicWithName
    {
        [WorkflowRun]
        public Task RunAsync(IRawValue[] args) => Task.FromResult(args);
    }

    [Workflow(Dynamic = true)]
    public sealed class DynamicWithArguments
    {
        [WorkflowRun]
        public Task RunAsync(string name) => Task.FromResult(name);
    }

    [Workflow]
    public sealed class NoConstructor(string name)
    {
        [WorkflowRun]
        public Task RunAsync() => Task.FromResult(name);
    }

    [Workflow]
    [method: WorkflowInit]
    public sealed class OtherInit(int number)
    {
        [WorkflowRun]
        public Task RunAsync(string name) => Task.FromResult(name + number);
    }

    [Workflow]
    public sealed class HiddenInit
    {
        [WorkflowInit]
        internal HiddenInit()
        {
        }

        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class GenericRun
    {
        [WorkflowRun]
        public Task<T> RunAsync<T>(T value) => Task.FromResult(value);
    }

    [Workflow]
    public sealed class StaticRun
    {
        [WorkflowRun]
        public static Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class TwoInits
    {
        [WorkflowInit]
        public TwoInits()
        {
        }

        [WorkflowInit]
        public TwoInits(string name) => _ = name;

        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public sealed class ByReference
    {
        [WorkflowQuery]
        internal int Hidden => 1;

        [WorkflowRun]
        public Task RunAsync(in int number) => Task.FromResult(number);

        [WorkflowSignal]
        public Task SignalAsync(ref int number)
        {
            number++;
            return Task.CompletedTask;
        }

        [WorkflowUpdate]
        public Task<T> GenericAsync<T>(T value) => Task.FromResult(value);

        [WorkflowSignal]
        [WorkflowUpdate]
        public Task BothAsync() => Task.CompletedTask;

        [WorkflowUpdate]
        public Task CheckedAsync() => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(CheckedAsync))]
        public bool ValidateOnce() => true;

        [WorkflowUpdateValidator(nameof(CheckedAsync))]
        public bool ValidateTwice() => true;
    }

    [Workflow]
    public sealed class BadHandlers
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public Task<int> SignalWithResultAsync() => Task.FromResult(1);

        [WorkflowSignal]
        public static Task Static() => Task.CompletedTask;

        [WorkflowSignal]
        internal Task HiddenAsync() => Task.CompletedTask;

        [WorkflowSignal("same")]
        public Task OneAsync() => Task.CompletedTask;

        [WorkflowSignal("same")]
        public Task OtherAsync() => Task.CompletedTask;

        [WorkflowSignal("__temporal_x")]
        public Task ReservedAsync() => Task.CompletedTask;

        [WorkflowSignal(Dynamic = true)]
        public Task DynamicAsync(string name) => Task.FromResult(name);

        [WorkflowQuery]
        public Task<int> QueryAsync() => Task.FromResult(1);

        [WorkflowQuery]
        public void VoidQuery()
        {
        }

        [WorkflowUpdate]
        public int Update() => 1;

        [WorkflowUpdate]
        public Task CheckedAsync(string name) => Task.FromResult(name);

        [WorkflowUpdateValidator(nameof(CheckedAsync))]
        public void ValidateChecked(int number) => ArgumentOutOfRangeException.ThrowIfNegative(number);

        [WorkflowUpdateValidator("Nothing")]
        public void ValidateNothing()
        {
        }
    }

    [Workflow]
    public interface IGood
    {
        [WorkflowRun]
        Task RunAsync();
    }

    [Workflow]
    public sealed class Good
    {
        [WorkflowQuery]
        public int State => 1;

        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;

        [WorkflowSignal]
        public Task NotifyAsync() => Task.CompletedTask;

        [WorkflowSignal("Explicit")]
        public Task OtherAsync() => Task.CompletedTask;

        [WorkflowQuery]
        public int AskAsync() => 1;
    }

    public static class Activities
    {
        public static int Plain() => 1;

        [Activity]
        public static int Fine() => 1;

        [Activity]
        public static int ByReference(ref int number) => number;

        [Activity]
        public static T Generic<T>(T value) => value;

        [Activity("named", Dynamic = true)]
        public static int DynamicWithName(IRawValue[] args) => args.Length;

        [Activity(Dynamic = true)]
        public static int DynamicWithArguments(int number) => number;
    }
}
