using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>A user's name travels in headers from the client through a workflow, its child and its activities.</summary>
public sealed class InterceptorTests
{
    private const string Header = "user";

    [LiveTheory]
    [BothCachings]
    public async Task Every_call_passes_the_interceptors_with_its_headers(Caching caching)
    {
        var calls = new ConcurrentQueue<string>();
        var client = await LiveServer.ConnectAsync(options => options.Interceptors = [new Recorder(calls)]);
        await Live.RunAsync(client, caching, options => options.AddWorkflow<Parent>().AddWorkflow<Child>().AddAllActivities(typeof(Hands), null), async queue =>
        {
            var handle = await client.StartWorkflowAsync((Parent w) => w.RunAsync(), queue.New());
            await handle.QueryAsync(w => w.Seen());
            await handle.ExecuteUpdateAsync(w => w.ChangeAsync());
            await handle.SignalAsync(w => w.GoAsync());
            Assert.Equal("done", await handle.GetResultAsync());
        });

        string[] expected =
        [
            "client start Parent", "client query Seen", "client update Change", "client signal Go",
            "run Parent for ada", "query Seen for ada", "validate Change for ada", "update Change for ada", "signal Go for ada",
            "delay", "schedule Wave", "schedule local Wave", "start child Child", "signal child Go", "continue Parent",
            "activity Wave for ada", "heartbeat 1", "run Child for ada",
        ];
        // A replay passes the workflow's interceptors again.
        Assert.Equal(expected.Order(StringComparer.Ordinal), calls.Distinct().Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, Payload> Sign(string user) => new() { [Header] = DataConverter.Default.PayloadConverter.ToPayload(user) };

    private sealed class Recorder(ConcurrentQueue<string> calls) : IClientInterceptor, IWorkerInterceptor
    {
        public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new ClientCalls(nextInterceptor, calls);

        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => new WorkflowIn(nextInterceptor, calls);

        public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new ActivityIn(nextInterceptor, calls);
    }

    private static string Of(IEnumerable<KeyValuePair<string, Payload>>? headers) =>
        headers?.FirstOrDefault(header => header.Key == Header).Value is { } user ? DataConverter.Default.PayloadConverter.ToValue<string>(user) : "nobody";

    private sealed class ClientCalls(ClientOutboundInterceptor next, ConcurrentQueue<string> calls) : ClientOutboundInterceptor(next)
    {
        public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input)
        {
            calls.Enqueue($"client start {input.Workflow}");
            return base.StartWorkflowAsync<TWorkflow, TResult>(input with { Headers = Sign("ada") });
        }

        public override Task SignalWorkflowAsync(SignalWorkflowInput input)
        {
            calls.Enqueue($"client signal {input.Signal}");
            return base.SignalWorkflowAsync(input with { Headers = Sign("ada") });
        }

        public override Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input)
        {
            calls.Enqueue($"client query {input.Query}");
            return base.QueryWorkflowAsync<TResult>(input with { Headers = Sign("ada") });
        }

        public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input)
        {
            calls.Enqueue($"client update {input.Update}");
            return base.StartWorkflowUpdateAsync<TResult>(input with { Headers = Sign("ada") });
        }
    }

    private sealed class WorkflowIn(WorkflowInboundInterceptor next, ConcurrentQueue<string> calls) : WorkflowInboundInterceptor(next)
    {
        public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new WorkflowOut(outbound, calls));

        public override Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
        {
            calls.Enqueue($"run {Workflow.Info.WorkflowType} for {Of(input.Headers)}");
            return base.ExecuteWorkflowAsync(input);
        }

        public override Task HandleSignalAsync(HandleSignalInput input)
        {
            calls.Enqueue($"signal {input.Signal} for {Of(input.Headers)}");
            return base.HandleSignalAsync(input);
        }

        public override object? HandleQuery(HandleQueryInput input)
        {
            calls.Enqueue($"query {input.Query} for {Of(input.Headers)}");
            return base.HandleQuery(input);
        }

        public override void ValidateUpdate(HandleUpdateInput input)
        {
            calls.Enqueue($"validate {input.Update} for {Of(input.Headers)}");
            base.ValidateUpdate(input);
        }

        public override Task<object?> HandleUpdateAsync(HandleUpdateInput input)
        {
            calls.Enqueue($"update {input.Update} for {Of(input.Headers)}");
            return base.HandleUpdateAsync(input);
        }
    }

    private sealed class WorkflowOut(WorkflowOutboundInterceptor next, ConcurrentQueue<string> calls) : WorkflowOutboundInterceptor(next)
    {
        public override Task DelayAsync(DelayAsyncInput input)
        {
            calls.Enqueue("delay");
            return base.DelayAsync(input);
        }

        public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
        {
            calls.Enqueue($"schedule {input.Activity}");
            return base.ScheduleActivityAsync<TResult>(input with { Headers = Sign("ada") });
        }

        public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input)
        {
            calls.Enqueue($"schedule local {input.Activity}");
            return base.ScheduleLocalActivityAsync<TResult>(input with { Headers = Sign("ada") });
        }

        public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(StartChildWorkflowInput input)
        {
            calls.Enqueue($"start child {input.Workflow}");
            return base.StartChildWorkflowAsync<TWorkflow, TResult>(input with { Headers = Sign("ada") });
        }

        public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input)
        {
            calls.Enqueue($"signal child {input.Signal}");
            return base.SignalChildWorkflowAsync(input with { Headers = Sign("ada") });
        }

        public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input)
        {
            calls.Enqueue($"continue {input.Workflow}");
            return base.CreateContinueAsNewException(input with { Headers = Sign("ada") });
        }
    }

    private sealed class ActivityIn(ActivityInboundInterceptor next, ConcurrentQueue<string> calls) : ActivityInboundInterceptor(next)
    {
        public override void Init(ActivityOutboundInterceptor outbound) => base.Init(new ActivityOut(outbound, calls));

        public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            calls.Enqueue($"activity {input.Activity.Name} for {Of(input.Headers)}");
            return base.ExecuteActivityAsync(input);
        }
    }

    private sealed class ActivityOut(ActivityOutboundInterceptor next, ConcurrentQueue<string> calls) : ActivityOutboundInterceptor(next)
    {
        public override void Heartbeat(HeartbeatInput input)
        {
            calls.Enqueue($"heartbeat {input.Details.Single()}");
            base.Heartbeat(input);
        }
    }

    public static class Hands
    {
        [Activity]
        public static void Wave()
        {
            if (!ActivityExecutionContext.Current.Info.IsLocal)
            {
                ActivityExecutionContext.Current.Heartbeat(1);
            }
        }
    }

    [Workflow]
    public sealed class Parent
    {
        private bool _go = Workflow.Info.ContinuedRunId != null;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _go);
            if (Workflow.Info.ContinuedRunId != null)
            {
                return "done";
            }

            await Workflow.DelayAsync(1);
            await Workflow.ExecuteActivityAsync(() => Hands.Wave(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
            await Workflow.ExecuteLocalActivityAsync(() => Hands.Wave(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
            var child = await Workflow.StartChildWorkflowAsync((Child w) => w.RunAsync());
            await child.SignalAsync(w => w.GoAsync());
            await child.GetResultAsync();
            throw Workflow.CreateContinueAsNewException((Parent w) => w.RunAsync());
        }

        [WorkflowQuery]
        public bool Seen() => _go;

        [WorkflowUpdate]
        public Task ChangeAsync() => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(ChangeAsync))]
        public void ValidateChange()
        {
        }

        [WorkflowSignal]
        public Task GoAsync()
        {
            _go = true;
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public sealed class Child
    {
        private bool _go;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => _go);

        [WorkflowSignal]
        public Task GoAsync()
        {
            _go = true;
            return Task.CompletedTask;
        }
    }
}
