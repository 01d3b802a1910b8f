using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Temporalio.Extensions.OpenTelemetry;

namespace Orchestrator.Worker;

/// <summary>Where a collector takes traces and metrics.</summary>
/// <param name="Address">As the variables of OpenTelemetry name it: without the path of a signal.</param>
/// <param name="SpeaksHttp">Protocol buffers over HTTP; else gRPC.</param>
public sealed record Collector(Uri Address, bool SpeaksHttp);

/// <summary>Sends spans and instruments to a collector, where there is one. What is not sent by then is sent at the end.</summary>
internal sealed class Telemetry : IDisposable
{
    // A collector that hangs must not hold up a shutdown that has ten seconds.
    private const int LastWordMilliseconds = 2_000;
    private const int MetricsEveryMilliseconds = 15_000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private Telemetry(Collector collector)
    {
        var worker = ResourceBuilder.CreateDefault().AddService("orchestrator-worker");
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(worker)
            .AddSource(TracingInterceptor.ClientSource.Name, TracingInterceptor.WorkflowsSource.Name, TracingInterceptor.ActivitiesSource.Name)
            .AddOtlpExporter(options => Place(options, collector, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(worker)
            .AddMeter(WorkerMetrics.MeterName)
            .AddOtlpExporter((options, reader) =>
            {
                Place(options, collector, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = MetricsEveryMilliseconds;
            })
            .Build();
    }

    public static Telemetry? TryStart(Collector? collector) => collector is null ? null : new Telemetry(collector);

    public void Dispose()
    {
        _traces.Shutdown(LastWordMilliseconds);
        _metrics.Shutdown(LastWordMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
    }

    // Headers and timeouts are read by the exporter itself, from the variables of OpenTelemetry.
    private static void Place(OtlpExporterOptions options, Collector collector, string path)
    {
        options.Protocol = collector.SpeaksHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.Endpoint = collector.SpeaksHttp ? new Uri($"{collector.Address.ToString().TrimEnd('/')}/{path}") : collector.Address;
    }
}
