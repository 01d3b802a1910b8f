using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Queues;

internal sealed record QueueKey(string NamespaceId, string Name, TaskQueueType Type);
