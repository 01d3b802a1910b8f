using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using Temporalio.Api.History.V1;

namespace Orchestrator.Tests.Server;

/// <summary>Begins a run without a client, for tests of what happens to runs later.</summary>
internal static class BegunRuns
{
    public static async Task BeginAsync(this Executions executions, RunKey key, string namespaceName, Action<WorkflowExecutionStartedEventAttributes>? configure)
    {
        var spec = new StartSpec
        {
            NamespaceId = key.NamespaceId,
            NamespaceName = namespaceName,
            RunId = key.RunId,
            RequestId = Guid.NewGuid().ToString(),
            Started = new()
            {
                WorkflowId = key.WorkflowId,
                WorkflowType = new() { Name = "Type" },
                TaskQueue = new() { Name = "queue" },
                OriginalExecutionRunId = key.RunId,
                FirstExecutionRunId = key.RunId,
                Attempt = 1,
            },
        };
        configure?.Invoke(spec.Started);
        using var lease = await executions.EnterAsync(key.Chain, CancellationToken.None);
        var begin = lease.Begin(spec);
        begin.Finish();
        await lease.CommitAsync(begin);
    }

    public static Task TerminateAsync(this Executions executions, RunKey run) =>
        executions.ChangeAsync(run, step => Closing.Terminate(step, new TerminateRequest("over", null, "test")), CancellationToken.None);
}
