using System.Collections.Concurrent;
using System.Diagnostics;
using Orchestrator.Tests.Sdk.Converters;
using Temporalio.Activities;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Extensions.OpenTelemetry;
using Temporalio.Worker;

namespace Orchestrator.Tests.Sdk.OpenTelemetry;

public sealed class TracingTests : IDisposable
{
    private const string SourceName = "Orchestrator.Tests.Tracing";

    private static readonly ActivitySource TestSource = new(SourceName);

    private readonly string _id = "traced-" + Guid.NewGuid();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public TracingTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == SourceName || source.Name.StartsWith("Temporalio.Extensions.OpenTelemetry", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [LiveFact]
    public async Task One_trace_leads_from_the_caller_through_the_workflow_into_its_activities()
    {
        var client = await LiveServer.ConnectAsync(options =>
        {
            options.Interceptors = [new TracingInterceptor()];
            options.DataConverter = DataConverter.Default with { PayloadCodec = new XorCodec() };
        });
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions(_id).AddActivity(TracedActivity).AddWorkflow<TracedWorkflow>());
        ActivityTraceId trace = default;

        await worker.ExecuteAsync(async () =>
        {
            using var root = TestSource.StartActivity("root")!;
            root.AddBaggage("tenant", "a b");
            trace = root.TraceId;
            var handle = await client.StartWorkflowAsync((TracedWorkflow workflow) => workflow.RunAsync(), new(_id, _id));
            await handle.SignalAsync(workflow => workflow.GoAsync());
            Assert.Equal("a b", await handle.GetResultAsync());
        });

        Assert.Equal(
            [
                "root",
                "  SignalWorkflow:Go",
                "  StartWorkflow:TracedWorkflow",
                "    HandleSignal:Go",
                "    RunWorkflow:TracedWorkflow",
                "      CompleteWorkflow:TracedWorkflow",
                "      StartActivity:traced",
                "        RunActivity:traced",
            ],
            Tree(trace));
        var run = _spans.Single(span => span.TraceId == trace && span.DisplayName.StartsWith("RunWorkflow", StringComparison.Ordinal));
        Assert.Equal(_id, run.GetTagItem("temporalWorkflowID"));
        Assert.Equal(
            _spans.Single(span => span.TraceId == trace && span.DisplayName == "SignalWorkflow:Go").Context.SpanId,
            Assert.Single(_spans.Single(span => span.TraceId == trace && span.DisplayName == "HandleSignal:Go").Links).Context.SpanId);
    }

    [LiveFact]
    public async Task A_failure_is_recorded_where_it_was_seen()
    {
        var client = await LiveServer.ConnectAsync(options => options.Interceptors = [new TracingInterceptor()]);
        using var root = TestSource.StartActivity("root")!;

        await Assert.ThrowsAsync<RpcException>(() => client.GetWorkflowHandle(_id).SignalAsync("nobody", []));

        var span = _spans.Single(span => span.TraceId == root.TraceId);
        Assert.Equal(("SignalWorkflow:nobody", ActivityStatusCode.Error), (span.DisplayName, span.Status));
        Assert.Equal("exception", Assert.Single(span.Events).Name);
    }

    [Activity("traced")]
    private static string? TracedActivity() => Activity.Current?.GetBaggageItem("tenant");

    private List<string> Tree(ActivityTraceId trace)
    {
        var lines = new List<string>();
        Add(default, "");
        return lines;

        void Add(ActivitySpanId parent, string indent)
        {
            foreach (var span in _spans.Where(span => span.TraceId == trace && span.ParentSpanId == parent).OrderBy(span => span.DisplayName, StringComparer.Ordinal))
            {
                lines.Add(indent + span.DisplayName);
                Add(span.SpanId, indent + "  ");
            }
        }
    }
}
