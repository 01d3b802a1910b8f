using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Rules on the fields of commands; breaking one fails the workflow task with the given cause.</summary>
internal static class Require
{
    public static void Id(string value, string field, WorkflowTaskFailedCause cause)
    {
        if (value.Length == 0)
        {
            throw new WorkflowTaskRefusal(cause, $"{field} is not set on the command.");
        }

        if (value.Length > Limits.IdLength)
        {
            throw new WorkflowTaskRefusal(cause, $"{field} is longer than {Limits.IdLength} characters.");
        }
    }

    public static void NotNegative(Duration? value, string field, WorkflowTaskFailedCause cause)
    {
        if (value is not null && (value.Seconds < 0 || value.Nanos < 0))
        {
            throw new WorkflowTaskRefusal(cause, $"{field} must not be negative.");
        }
    }

    public static void Size(IMessage? value, int limitBytes, string field, WorkflowTaskFailedCause cause)
    {
        var bytes = value?.CalculateSize() ?? 0;
        if (bytes > limitBytes)
        {
            throw new WorkflowTaskRefusal(cause, $"{field} exceeds size limit: it has {bytes} bytes of {limitBytes}.") { ClosesTheRun = true };
        }
    }

    public static void Below(int pending, int limit, string what, WorkflowTaskFailedCause cause)
    {
        if (pending >= limit)
        {
            throw new WorkflowTaskRefusal(cause, $"The workflow has {pending} pending {what}; the limit is {limit}.");
        }
    }
}
