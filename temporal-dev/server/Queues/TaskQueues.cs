using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Queues;

/// <summary>Matching: tasks on one side, polls on the other. Nothing here is durable; runs know which tasks they wait for.</summary>
internal sealed class TaskQueues(TimeProvider time)
{
    private readonly ConcurrentDictionary<QueueKey, TaskQueue> _queues = [];

    public TaskQueue this[QueueKey key] => _queues.GetOrAdd(key, static (_, clock) => new TaskQueue(clock), time);

    public IEnumerable<KeyValuePair<QueueKey, TaskQueue>> All => _queues;

    public TaskQueue? Find(QueueKey key) => _queues.GetValueOrDefault(key);

    public void Publish(QueueKey key, QueuedTask task) => this[key].Publish(task);

    /// <summary>A worker that shuts down takes its sticky queue with it; what still waits there goes to the normal queue.</summary>
    public void Retire(string namespaceId, string stickyName)
    {
        if (_queues.TryGetValue(new QueueKey(namespaceId, stickyName, TaskQueueType.Workflow), out var queue))
        {
            queue.Retire();
        }
    }
}
