using System.Diagnostics;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>One span as long as the activity runs, which is current in it.</summary>
internal sealed class TracingActivityInbound(TracingInterceptor tracing, ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
{
    public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
    {
        var parent = TraceHeader.Read(input.Headers, tracing.Options.HeaderKey);
        using var span = TracingInterceptor.ActivitiesSource.StartActivity(
            $"RunActivity:{input.Activity.Name}", ActivityKind.Server, parent?.Context ?? default, tracing.CreateInActivityTags());
        if (span is not null)
        {
            parent?.AddBaggageTo(span);
        }

        try
        {
            return await base.ExecuteActivityAsync(input);
        }
        catch (Exception failure)
        {
            TracingInterceptor.Record(span, failure);
            throw;
        }
    }
}
