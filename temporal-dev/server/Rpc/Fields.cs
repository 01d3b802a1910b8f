using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.TaskQueue.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Rules on request fields; breaking one is INVALID_ARGUMENT with a sentence.</summary>
internal static class Fields
{
    /// <summary>Servers of many machines name the partitions of a queue so.</summary>
    private const string ReservedQueues = "/_sys/";

    private static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(1);

    public static void Id(string value, string field)
    {
        if (value.Length == 0)
        {
            throw Invalid($"{field} is not set on request.");
        }

        if (value.Length > Limits.IdLength)
        {
            throw Invalid($"{field} length exceeds limit.");
        }

        if (value.Contains('\0'))
        {
            throw Invalid($"{field} contains a zero character.");
        }
    }

    public static void Optional(string value, string field)
    {
        if (value.Length > 0)
        {
            Id(value, field);
        }
    }

    public static void Queue(TaskQueue? queue)
    {
        Id(queue?.Name ?? "", "TaskQueue");
        if (queue!.Name.StartsWith(ReservedQueues, StringComparison.Ordinal))
        {
            throw Invalid($"task queue name cannot start with reserved prefix {ReservedQueues}");
        }
    }

    /// <summary>Less than an hour, and runs would be gone before anybody has looked at them.</summary>
    public static void Retention(Duration? value)
    {
        if (value is null || value.ToTimeSpan() < ShortestRetention)
        {
            throw Invalid("A valid retention period is not set on request.");
        }
    }

    public static void Blob(IMessage? value, string field, int limitBytes = Limits.BlobBytes)
    {
        if (value?.CalculateSize() > limitBytes)
        {
            throw Invalid($"{field} exceeds size limit.");
        }
    }

    public static void Attributes(SearchAttributes? attributes, Namespace target)
    {
        if (AttributeCheck.Problem(attributes, target.Attributes, target.Name) is { } problem)
        {
            throw Invalid(problem);
        }

        // Who reads a history decodes by the type, which tools that write only values leave out.
        if (attributes is not null)
        {
            target.Attributes.AddTypes(attributes);
        }
    }

    public static void Timeout(Duration? value, string field)
    {
        if (value is not null && (value.Seconds < 0 || value.Nanos < 0))
        {
            throw Invalid($"{field} is invalid: it must not be negative.");
        }
    }

    public static void Retry(RetryPolicy? policy)
    {
        if (Retries.Problem(policy) is { } problem)
        {
            throw Invalid(problem);
        }
    }

    public static void Metadata(UserMetadata? metadata)
    {
        if (metadata?.Summary?.CalculateSize() > Limits.SummaryBytes || metadata?.Details?.CalculateSize() > Limits.DetailsBytes)
        {
            throw Invalid("UserMetadata exceeds size limit.");
        }
    }

    public static GrpcException Invalid(string sentence) => new(GrpcStatusCode.InvalidArgument, sentence);
}
