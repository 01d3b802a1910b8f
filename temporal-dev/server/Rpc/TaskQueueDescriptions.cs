using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using TaskQueue = TemporalDev.Server.Queues.TaskQueue;

namespace TemporalDev.Server.Rpc;

/// <summary>What DescribeTaskQueue answers, in the form of each generation of its callers.</summary>
internal static class TaskQueueDescriptions
{
    // The key under which callers look for what has no version.
    private const string Unversioned = "";

    // Queues are not throttled; these are the official service's limits, which tools print.
    private const double PollsPerSecond = 100_000;
    private const float TasksPerSecond = 4_000;
    private const int DefaultPriority = 3;

    public static DescribeTaskQueueResponse Describe(TaskQueue? queue, DescribeTaskQueueRequest request)
    {
        var response = new DescribeTaskQueueResponse
        {
#pragma warning disable CS0612 // Deprecated, and printed by today's command line tool.
            VersioningInfo = new() { CurrentVersion = "__unversioned__", UpdateTime = Descriptions.Never },
#pragma warning restore CS0612
            EffectiveRateLimit = new() { RequestsPerSecond = TasksPerSecond, RateLimitSource = RateLimitSource.System },
        };
        response.Pollers.AddRange(Pollers(queue));
        if (request.ReportStats)
        {
            response.Stats = Stats(queue);
            response.StatsByPriorityKey[DefaultPriority] = Stats(queue);
        }

#pragma warning disable CS0612 // Deprecated, and read by today's command line tool.
        if (request.IncludeTaskQueueStatus)
        {
            response.TaskQueueStatus = new() { BacklogCountHint = queue?.Backlog ?? 0, RatePerSecond = TasksPerSecond, TaskIdBlock = new() { StartId = 1, EndId = 100_000 } };
        }
#pragma warning restore CS0612

        return response;
    }

    /// <param name="queues">Those of the types that were asked for.</param>
    public static DescribeTaskQueueResponse DescribeVersions(IEnumerable<(TaskQueueType Type, TaskQueue? Queue)> queues, DescribeTaskQueueRequest request)
    {
#pragma warning disable CS0612 // Deprecated, and what today's command line tool asks for.
        var version = new TaskQueueVersionInfo();
        foreach (var (type, queue) in queues)
        {
            var described = new TaskQueueTypeInfo { Stats = request.ReportStats ? Stats(queue) : null };
            if (request.ReportPollers)
            {
                described.Pollers.AddRange(Pollers(queue));
            }

            version.TypesInfo[(int)type] = described;
        }

        return new DescribeTaskQueueResponse { VersionsInfo = { [Unversioned] = version } };
#pragma warning restore CS0612
    }

    private static IEnumerable<PollerInfo> Pollers(TaskQueue? queue) => queue?.RecentPollers().Select(poller => new PollerInfo
    {
        Identity = poller.Identity,
        LastAccessTime = Timestamp.FromDateTimeOffset(poller.LastPoll),
        RatePerSecond = PollsPerSecond,
    }) ?? [];

    private static TaskQueueStats Stats(TaskQueue? queue) => new()
    {
        ApproximateBacklogCount = queue?.Backlog ?? 0,
        ApproximateBacklogAge = Duration.FromTimeSpan(queue?.BacklogAge ?? TimeSpan.Zero),
    };
}
