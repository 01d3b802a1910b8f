using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Visibility.Search;

namespace TemporalDev.Server.Metrics;

/// <summary>Takes the service's figures when somebody asks for them; nothing is counted twice to have them ready.</summary>
internal sealed class ServerFigures(GrpcRoutes routes, NamespaceRegistry namespaces, TaskQueues queues, IStore store)
{
    private static readonly Filter Everything = new All([]);

    public async Task<string> ReadAsync(CancellationToken cancel)
    {
        var text = new PrometheusText();
        WriteCalls(text);
        WriteBacklogs(text);
        await WriteRunsAsync(text, cancel);
        WriteDatabase(text);
        return text.ToString();
    }

    private void WriteCalls(PrometheusText text)
    {
        var called = routes.All.Where(route => route.Calls.ByDuration().Any(count => count > 0)).OrderBy(route => route.Path, StringComparer.Ordinal).ToList();
        text.Family("service_requests_total", "counter", "Calls that have ended, by method and gRPC status.");
        foreach (var route in called)
        {
            foreach (var status in Enum.GetValues<GrpcStatusCode>().Where(status => route.Calls.Of(status) > 0))
            {
                text.Sample("service_requests_total", route.Calls.Of(status), ("operation", route.Name), ("status", status.ToString()));
            }
        }

        text.Family("service_latency_seconds", "histogram", "How long calls took, waiting polls included.");
        foreach (var route in called)
        {
            text.Histogram("service_latency_seconds", CallCounts.BoundsSeconds, route.Calls.ByDuration(), route.Calls.Total, ("operation", route.Name));
        }

        text.Family("service_open_requests", "gauge", "Calls that have arrived and whose reply has not left yet.");
        text.Sample("service_open_requests", routes.OpenCalls);
    }

    private void WriteBacklogs(PrometheusText text)
    {
        var names = namespaces.All.ToDictionary(item => item.Id, item => item.Name);
        text.Family("approximate_backlog_count", "gauge", "Tasks that wait for a worker, by task queue.");
        foreach (var (key, queue) in queues.All.OrderBy(queue => queue.Key.Name, StringComparer.Ordinal))
        {
            text.Sample(
                "approximate_backlog_count",
                queue.Backlog,
                ("namespace", names.GetValueOrDefault(key.NamespaceId, key.NamespaceId)),
                ("taskqueue", key.Name),
                ("task_type", key.Type.ToString()));
        }
    }

    private async Task WriteRunsAsync(PrometheusText text, CancellationToken cancel)
    {
        text.Family("workflow_executions", "gauge", "Runs by status.");
        foreach (var item in namespaces.All)
        {
            foreach (var count in await store.CountAsync(item.Id, Everything, cancel))
            {
                text.Sample("workflow_executions", count.Count, ("namespace", item.Name), ("status", count.Status.ToString()));
            }
        }
    }

    private void WriteDatabase(PrometheusText text)
    {
        if (store is not OutageTellingStore { Written: var written })
        {
            return;
        }

        text.Family("persistence_transactions_total", "counter", "Transactions that the database has committed for state transitions of runs.");
        text.Sample("persistence_transactions_total", written.Transactions);
        text.Family("persistence_commits_total", "counter", "State transitions that those transactions held.");
        text.Sample("persistence_commits_total", written.Commits);
    }
}
