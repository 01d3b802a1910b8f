using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Orchestrator.Tests.Sdk.Compatibility;

/// <summary>Code as it is written for the official package compiles against this one, without a warning.</summary>
public sealed class SnippetTests
{
    private const string Usings = """
        using System; using System.Collections.Generic; using System.Linq; using System.Threading; using System.Threading.Tasks;
        using Microsoft.Extensions.DependencyInjection; using Microsoft.Extensions.Logging;
        using Temporalio.Activities; using Temporalio.Client; using Temporalio.Client.Interceptors; using Temporalio.Client.Schedules;
        using Temporalio.Common; using Temporalio.Common.EnvConfig; using Temporalio.Converters; using Temporalio.Exceptions; using Temporalio.Extensions.Hosting;
        using Temporalio.Worker; using Temporalio.Worker.Interceptors; using Temporalio.Workflows;

        """;

    public static TheoryData<string, string> Snippets => new()
    {
        {
            "a workflow with every attribute", """
            [Workflow("order", FailureExceptionTypes = new[] { typeof(InvalidOperationException) }, VersioningBehavior = VersioningBehavior.AutoUpgrade)]
            public class OrderWorkflow
            {
                private readonly List<string> items;
                [WorkflowInit] public OrderWorkflow(string first) => items = new() { first };
                [WorkflowQuery("count")] public int Count => items.Count;
                [WorkflowQuery(Description = "one")] public string Item(int index) => items[index];
                [WorkflowRun] public async Task<int> RunAsync(string first)
                {
                    await Workflow.WaitConditionAsync(() => items.Count > 2 && Workflow.AllHandlersFinished, TimeSpan.FromDays(1));
                    if (Workflow.ContinueAsNewSuggested) throw Workflow.CreateContinueAsNewException((OrderWorkflow wf) => wf.RunAsync(first), new() { RunTimeout = TimeSpan.FromHours(1) });
                    return items.Count;
                }
                [WorkflowSignal(UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)] public async Task AddAsync(string item) { items.Add(item); await Workflow.DelayAsync(1); }
                [WorkflowUpdate("change")] public async Task<string> ChangeAsync(int index, string item) { await Workflow.DelayAsync(TimeSpan.FromSeconds(1)); return items[index] = item; }
                [WorkflowUpdateValidator(nameof(ChangeAsync))] public void ValidateChange(int index, string item) { if (index < 0) throw new ApplicationFailureException("no", "Bad", nonRetryable: true); }
                [WorkflowSignal(Dynamic = true)] public Task AnyAsync(string name, IRawValue[] args) => Task.CompletedTask;
            }
            """
        },
        {
            "everything that Workflow offers", """
            public interface IPay { [Activity] Task<string> PayAsync(int amount); [Activity("refund")] void Refund(string id); }
            [Workflow] public class ChildFlow { [WorkflowRun] public Task<int> RunAsync(int x) => Task.FromResult(x); [WorkflowSignal] public Task PokeAsync() => Task.CompletedTask; }
            [Workflow] public class BigWorkflow
            {
                private readonly Temporalio.Workflows.Mutex mutex = new();
                private readonly Temporalio.Workflows.Semaphore places = new(3);
                static readonly SearchAttributeKey<string> Key = SearchAttributeKey.CreateKeyword("Key");
                [WorkflowRun] public async Task RunAsync()
                {
                    var paid = await Workflow.ExecuteActivityAsync((IPay pay) => pay.PayAsync(3), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { MaximumAttempts = 3, NonRetryableErrorTypes = new[] { "Bad" } } });
                    await Workflow.ExecuteLocalActivityAsync((IPay pay) => pay.Refund(paid), new() { StartToCloseTimeout = TimeSpan.FromSeconds(1), LocalRetryThreshold = TimeSpan.FromSeconds(5) });
                    string named = await Workflow.ExecuteActivityAsync<string>("named", new object?[] { 1 }, new() { ScheduleToCloseTimeout = TimeSpan.FromMinutes(1), CancellationType = ActivityCancellationType.Abandon });
                    var child = await Workflow.StartChildWorkflowAsync((ChildFlow wf) => wf.RunAsync(1), new() { Id = "child", ParentClosePolicy = ParentClosePolicy.RequestCancel });
                    await child.SignalAsync(wf => wf.PokeAsync());
                    int result = await child.GetResultAsync();
                    await Workflow.GetExternalWorkflowHandle<ChildFlow>("other").SignalAsync(wf => wf.PokeAsync());
                    await Workflow.GetExternalWorkflowHandle("other", "run").CancelAsync();
                    await mutex.WaitOneAsync(); mutex.ReleaseMutex();
                    if (await places.WaitAsync(100)) places.Release();
                    Workflow.UpsertTypedSearchAttributes(Key.ValueSet("x")); Workflow.UpsertMemo(MemoUpdate.ValueSet("k", 1), MemoUpdate.ValueUnset("z"));
                    if (Workflow.Patched("p")) Workflow.DeprecatePatch("old");
                    using var source = CancellationTokenSource.CreateLinkedTokenSource(Workflow.CancellationToken);
                    await Workflow.DelayWithOptionsAsync(new(TimeSpan.FromSeconds(1), "why", source.Token));
                    var first = await Workflow.WhenAnyAsync(Workflow.RunTaskAsync(() => Task.FromResult(1)), Task.FromResult(2));
                    await Workflow.WhenAllAsync(new List<Task<int>> { first });
                    Workflow.Logger.LogInformation("At {Now} {Random} {Guid} {Info}", Workflow.UtcNow, Workflow.Random.Next(10), Workflow.NewGuid(), Workflow.Info.WorkflowId);
                    Workflow.CurrentDetails = $"{Workflow.CurrentHistoryLength} {Workflow.CurrentHistorySize} {Workflow.CurrentUpdateInfo?.Id} {Workflow.Unsafe.IsReplaying} {Workflow.InWorkflow}";
                    Workflow.Signals["later"] = WorkflowSignalDefinition.CreateWithoutAttribute("later", async (string x) => await Workflow.DelayAsync(1));
                    Workflow.DynamicQuery = WorkflowQueryDefinition.CreateWithoutAttribute(null, (string name, IRawValue[] args) => name);
                }
            }
            """
        },
        {
            "activities, a worker and a replay", """
            public class Work
            {
                [Activity] public static async Task<int> CountAsync(int to)
                {
                    var context = ActivityExecutionContext.Current;
                    var from = context.Info.HeartbeatDetails.Count > 0 ? await context.Info.HeartbeatDetailAtAsync<int>(0) : 0;
                    for (; from < to; from++) { context.Heartbeat(from); context.CancellationToken.ThrowIfCancellationRequested(); }
                    context.Logger.LogInformation("{Reason} {Shutdown}", context.CancelReason, context.WorkerShutdownToken.IsCancellationRequested);
                    return from;
                }
                [Activity] public void Later() => throw new CompleteAsyncException();
            }
            [Workflow] public class Flow { [WorkflowRun] public Task RunAsync() => Task.CompletedTask; }
            public static class Host
            {
                public static async Task RunAsync(TemporalClient client, CancellationToken stop, string json)
                {
                    using var worker = new TemporalWorker(client, new TemporalWorkerOptions("queue") { MaxConcurrentActivities = 5, GracefulShutdownTimeout = TimeSpan.FromSeconds(5), Interceptors = new IWorkerInterceptor[0] }
                        .AddWorkflow<Flow>().AddAllActivities(new Work()).AddActivity(Work.CountAsync));
                    await worker.ExecuteAsync(stop);
                    await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<Flow>()).ReplayWorkflowAsync(WorkflowHistory.FromJson("id", json));
                }
                public static void Configure(IServiceCollection services)
                {
                    services.AddTemporalClient("localhost:7233", "default");
                    services.AddHostedTemporalWorker("queue").AddScopedActivities<Work>().AddSingletonActivities(typeof(Work)).AddWorkflow<Flow>().ConfigureOptions(options => options.MaxCachedWorkflows = 10);
                    services.AddHostedTemporalWorker("localhost:7233", "default", "other").AddStaticActivities<Work>();
                }
            }
            """
        },
        {
            "everything that a client does", """
            using Temporalio.Api.Enums.V1;
            [Workflow] public interface IFlow { [WorkflowRun] Task<string> RunAsync(int n); [WorkflowSignal] Task PokeAsync(string how); [WorkflowQuery] int State(); [WorkflowUpdate] Task<int> BumpAsync(int by); }
            public static class Calls
            {
                public static async Task RunAsync(byte[] token)
                {
                    var client = await TemporalClient.ConnectAsync(new("localhost:7233") { Namespace = "ns", ApiKey = "key", Tls = new(), Interceptors = new IClientInterceptor[0], DataConverter = DataConverter.Default with { PayloadCodec = null } });
                    var options = new WorkflowOptions(id: "id", taskQueue: "queue") { IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicateFailedOnly, IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting, RetryPolicy = new() { InitialInterval = TimeSpan.FromSeconds(1) }, StartDelay = TimeSpan.FromSeconds(1) };
                    var handle = await client.StartWorkflowAsync((IFlow wf) => wf.RunAsync(1), options);
                    string result = await handle.GetResultAsync();
                    await handle.SignalAsync(wf => wf.PokeAsync("x")); await handle.SignalAsync("PokeAsync", new object?[] { "x" });
                    int state = await handle.QueryAsync(wf => wf.State(), new() { RejectCondition = QueryRejectCondition.NotOpen });
                    int bumped = await handle.ExecuteUpdateAsync(wf => wf.BumpAsync(2));
                    var update = await handle.StartUpdateAsync(wf => wf.BumpAsync(2), new(WorkflowUpdateStage.Accepted)); int later = await update.GetResultAsync();
                    var start = WithStartWorkflowOperation.Create((IFlow wf) => wf.RunAsync(1), options);
                    int both = await client.ExecuteUpdateWithStartWorkflowAsync((IFlow wf) => wf.BumpAsync(3), new(start));
                    await handle.CancelAsync(); await handle.TerminateAsync("why");
                    var described = await handle.DescribeAsync(); Console.WriteLine($"{described.Status} {described.TypedSearchAttributes.Count} {described.StaticSummary}");
                    var history = await handle.FetchHistoryAsync(); Console.WriteLine(history.ToJson());
                    await foreach (var one in client.ListWorkflowsAsync("WorkflowType = 'x'", new() { Limit = 3 })) Console.WriteLine(one.Id);
                    var count = await client.CountWorkflowsAsync("x = 1"); Console.WriteLine(count.Count);
                    await client.GetAsyncActivityHandle(token).CompleteAsync("done"); await client.GetAsyncActivityHandle("wf", "run", "act").FailAsync(new InvalidOperationException());
                    var schedule = await client.CreateScheduleAsync("daily", new(
                        ScheduleActionStartWorkflow.Create((IFlow wf) => wf.RunAsync(1), new(id: "run", taskQueue: "queue")),
                        new() { Intervals = new List<ScheduleIntervalSpec> { new(TimeSpan.FromHours(1)) }, CronExpressions = new[] { "0 0 * * *" } }) { Policy = new() { Overlap = ScheduleOverlapPolicy.BufferOne } });
                    await schedule.TriggerAsync(); await schedule.PauseAsync("note"); await schedule.UpdateAsync(input => new ScheduleUpdate(input.Description.Schedule)); await schedule.DeleteAsync();
                    try { await client.ExecuteWorkflowAsync((IFlow wf) => wf.RunAsync(1), options); }
                    catch (WorkflowFailedException e) when (e.InnerException is ActivityFailureException { InnerException: ApplicationFailureException { ErrorType: "Bad" } application }) { Console.WriteLine(application.Details.ElementAt<int>(0)); }
                    catch (WorkflowAlreadyStartedException e) { Console.WriteLine(e.WorkflowId); }
                    catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound) { }
                    var profile = ClientEnvConfig.LoadClientConnectOptions(new() { Profile = "p", ConfigSource = DataSource.FromPath("file") });
                }
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Official_style_code_compiles(string what, string code)
    {
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Usings + code)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        var complaints = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString()).ToList();

        Assert.True(complaints.Count == 0, $"{what}:\n{string.Join('\n', complaints)}");
    }

    private static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file)),
    ];
}
