using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Query.V1;

namespace TemporalDev.Server.Queries;

/// <summary>A query that waits for the answer of a worker. Queries live in memory only: they leave no trace in a run.</summary>
internal class PendingQuery(WorkflowQuery query)
{
    private readonly TaskCompletionSource<WorkflowQueryResult?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = Guid.NewGuid().ToString();

    public WorkflowQuery Query => query;

    public bool IsAttached { get; set; }

    /// <summary>The answer, or null when no workflow task will carry the query any more and it has to go on its own.</summary>
    public Task<WorkflowQueryResult?> Answer => _answer.Task;

    public void Resolve(WorkflowQueryResult? result) => _answer.TrySetResult(result);
}

/// <summary>A query that travels as a task of its own, because its run has no workflow task to attach it to.</summary>
internal sealed class DirectQuery(WorkflowQuery query) : PendingQuery(query)
{
    /// <summary>Completes when a worker takes the query.</summary>
    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAbandoned { get; set; }
}

/// <summary>The queries that wait: for a run's next workflow task, or for the answer of the worker that has taken them.</summary>
internal sealed class QueryBoard
{
    /// <summary>Queries that may wait for one run's workflow task.</summary>
    private const int WaitingLimit = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<RunKey, List<PendingQuery>> _buffered = [];
    private readonly Dictionary<string, DirectQuery> _direct = [];

    public PendingQuery Buffer(RunKey run, WorkflowQuery query)
    {
        var pending = new PendingQuery(query);
        lock (_gate)
        {
            if (!_buffered.TryGetValue(run, out var waiting))
            {
                _buffered[run] = waiting = [];
            }

            if (waiting.Count >= WaitingLimit)
            {
                throw new GrpcException(
                    GrpcStatusCode.ResourceExhausted, $"{WaitingLimit} queries wait for the next workflow task of this run; try again later.");
            }

            waiting.Add(pending);
        }

        return pending;
    }

    public void Forget(RunKey run, PendingQuery query)
    {
        lock (_gate)
        {
            if (_buffered.TryGetValue(run, out var waiting) && waiting.Remove(query) && waiting.Count == 0)
            {
                _buffered.Remove(run);
            }
        }
    }

    /// <summary>The queries that the workflow task being handed out has to answer.</summary>
    public IReadOnlyList<PendingQuery> Attach(RunKey run)
    {
        lock (_gate)
        {
            if (!_buffered.TryGetValue(run, out var waiting))
            {
                return [];
            }

            waiting.ForEach(query => query.IsAttached = true);
            return [.. waiting];
        }
    }

    public void Answer(RunKey run, IEnumerable<KeyValuePair<string, WorkflowQueryResult>> results)
    {
        foreach (var (id, result) in results)
        {
            PendingQuery? answered;
            lock (_gate)
            {
                answered = _buffered.GetValueOrDefault(run)?.Find(query => query.Id == id);
            }

            answered?.Resolve(result);
        }
    }

    /// <summary>Lets queries go whose workflow task has ended without a successor.</summary>
    public void Observe(RunState state)
    {
        if (state.WorkflowTask is not null)
        {
            return;
        }

        List<PendingQuery>? released;
        lock (_gate)
        {
            _buffered.Remove(state.Key, out released);
        }

        released?.ForEach(query => query.Resolve(null));
    }

    public void Open(DirectQuery query)
    {
        lock (_gate)
        {
            _direct[query.Id] = query;
        }
    }

    public void Close(DirectQuery query)
    {
        lock (_gate)
        {
            query.IsAbandoned = true;
            _direct.Remove(query.Id);
        }
    }

    public DirectQuery? FindDirect(string id)
    {
        lock (_gate)
        {
            return _direct.GetValueOrDefault(id);
        }
    }

    /// <summary>The answer's payloads, or the worker's refusal as the error that clients expect.</summary>
    public static Payloads Unwrap(WorkflowQueryResult result)
    {
        if (result.Answer?.CalculateSize() > Limits.BlobBytes)
        {
            throw Failed("The query's answer exceeds size limit.", null);
        }

        return result.ResultType == QueryResultType.Answered
            ? result.Answer ?? new Payloads()
            : throw Failed(result.ErrorMessage, result.Failure);
    }

    private static GrpcException Failed(string message, Failure? failure) =>
        new(GrpcStatusCode.InvalidArgument, message, new QueryFailedFailure { Failure = failure });
}
