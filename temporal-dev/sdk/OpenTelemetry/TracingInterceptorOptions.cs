namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>A tag whose name is null is not set.</summary>
public class TracingInterceptorOptions : ICloneable
{
    public string HeaderKey { get; set; } = "_tracer-data";

    public string? TagNameWorkflowId { get; set; } = "temporalWorkflowID";

    public string? TagNameRunId { get; set; } = "temporalRunID";

    public string? TagNameActivityId { get; set; } = "temporalActivityID";

    public string? TagNameUpdateId { get; set; } = "temporalUpdateID";

    public virtual object Clone() => MemberwiseClone();
}
